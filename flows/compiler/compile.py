"""Document to plan, or every problem in one pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flows.compiler.answers import Findings
from flows.compiler.bounds import ShapeBounds
from flows.compiler.configs import check_config
from flows.compiler.environment import CompileEnvironment
from flows.compiler.findings import Finding, Severity
from flows.compiler.plan import DEFAULT_TIMEOUT_SECONDS, Plan, PlannedNode
from flows.compiler.references import check_references, check_slots
from flows.compiler.subjects import compile_subject
from flows.compiler.trigger_checks import check_trigger, payload_shape
from flows.compiler.wiring import Wiring
from flows.expressions.budget import MAX_FLOW_EXPRESSIONS, Budget
from flows.expressions.configs import CompiledConfig
from flows.graph.document import DocumentNode, FlowDocument
from flows.sdk import Retry
from flows.sdk.config_errors import LocatedError
from flows.sdk.config_fields import named_credentials
from flows.sdk.fields import Suggestions
from flows.sdk.meta import ERROR, Kind
from flows.sdk.node import ERROR_SHAPE, Node, TriggerNode
from flows.sdk.shapes import Shape

UNKNOWN = Shape()


@dataclass(frozen=True, slots=True)
class NodeShapes:
    """What the record looks like before a node and behind each of its ports."""

    input: Shape
    ports: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Compilation:
    """The outcome. `plan` is None when there is an error among the problems."""

    plan: Plan | None
    problems: tuple[Finding, ...]
    shapes: Mapping[str, NodeShapes]

    @property
    def is_ok(self) -> bool:
        """Whether the flow may be published."""
        return self.plan is not None


def compile_document(document: FlowDocument, environment: CompileEnvironment) -> Compilation:
    """Compile a flow. Never raises: what is wrong is in `problems`, errors and warnings, node by node."""
    return _Compiler(document, environment).compile()


@dataclass
class _Compiler:
    document: FlowDocument
    environment: CompileEnvironment
    problems: Findings = field(default_factory=Findings)
    bounds: ShapeBounds = field(default_factory=ShapeBounds)
    suggestions: Suggestions = field(default_factory=Suggestions)
    shapes: dict[str, NodeShapes] = field(default_factory=dict)
    configs: dict[str, CompiledConfig] = field(default_factory=dict)
    expressions: Budget = field(default_factory=lambda: Budget(MAX_FLOW_EXPRESSIONS))

    def compile(self) -> Compilation:
        self._typed(self.document.settings.faults)
        self.wiring = Wiring(self.document, self.environment)
        self.parents = self._wires()
        self._identities()
        triggers = self._triggers()
        order = self._order()
        for node_id in order:
            self._node(self.wiring.nodes[node_id])
        self._reachable(triggers, order)
        self._subject(triggers)
        has_errors = self.problems.errors > 0
        plan = None if has_errors or len(triggers) != 1 else self._plan(triggers[0], order)
        return Compilation(plan, self.problems.told(), self.shapes)

    def _typed(self, faults: tuple[LocatedError, ...], node: str | None = None) -> None:
        """What was typed into settings and cannot be used yet."""
        for fault in faults:
            self.problems.add(
                Finding(fault.code, fault.message, hint=fault.hint, node=node, field=fault.path)
            )

    def _wires(self) -> dict[str, tuple[str, str]]:
        """The first good edge into each node; the bad ones are problems."""
        parents: dict[str, tuple[str, str]] = {}
        for index, edge in enumerate(self.document.edges):
            refusal = self.wiring.refusal(index)
            if refusal is None:
                parents.setdefault(edge.target, (edge.source, edge.port))
                continue
            node = edge.target if edge.target in self.wiring.nodes else None
            self.problems.add(Finding(refusal.code, refusal.message, hint=refusal.hint, node=node, edge=edge))
        return parents

    def _identities(self) -> None:
        seen: set[str] = set()
        for node in self.document.nodes:
            if node.id in seen:
                message = f"The id “{node.id}” is given to more than one node."
                self._problem(node, "duplicate_id", message, "Give each node its own id.")
            seen.add(node.id)

    def _triggers(self) -> list[str]:
        triggers = [
            node_id
            for node_id in self.wiring.nodes
            if (known := self.wiring.type_of(node_id)) is not None and known.meta.kind is Kind.TRIGGER
        ]
        # A type that is not available here may well be the trigger; that problem is named already.
        if not triggers and all(self.wiring.types.values()):
            hint = "Add the node with which the flow begins."
            self.problems.add(Finding("no_trigger", "The flow has no trigger.", hint=hint))
        for extra in triggers[1:]:
            first = self.wiring.nodes[triggers[0]].name
            message = f"A flow has one trigger, and “{first}” is one already."
            self._problem(self.wiring.nodes[extra], "second_trigger", message, "Remove one of them.")
        return triggers

    def _order(self) -> list[str]:
        """Every node, parents before children."""
        children: dict[str, list[str]] = {}
        for node_id, (source, _) in self.parents.items():
            children.setdefault(source, []).append(node_id)
        pending = [node_id for node_id in reversed(self.wiring.nodes) if node_id not in self.parents]
        order: list[str] = []
        while pending:
            here = pending.pop()
            order.append(here)
            pending.extend(reversed(children.get(here, [])))
        return order

    def _reachable(self, triggers: list[str], order: list[str]) -> None:
        reached = set(triggers)
        for node_id in order:
            if node_id in self.parents and self.parents[node_id][0] in reached:
                reached.add(node_id)
        for node_id in order if triggers else ():
            if node_id in reached or self.wiring.is_in_cycle(node_id):
                continue
            if node_id not in self.wiring.first_into:
                node = self.wiring.nodes[node_id]
                message = f"Nothing leads to “{node.name}”."
                self._problem(node, "unreachable", message, "Connect its input, or remove the node.")

    def _subject(self, triggers: list[str]) -> None:
        payload = self.shapes[triggers[0]].input if triggers else UNKNOWN
        self.subject, problems = compile_subject(self.document.settings.subject, payload)
        self.problems.add(*problems)

    def _node(self, drawn: DocumentNode) -> None:
        if not drawn.name.strip():
            self._problem(drawn, "empty", "The node has no name.", "Give it one.", field="$name")
        self._typed(drawn.settings.faults, drawn.id)
        known = self.wiring.types[drawn.type]
        upstream = self._upstream(drawn.id)
        if known is None:
            self._unknown_type(drawn)
            self.shapes[drawn.id] = NodeShapes(upstream, {})
            return
        checked = check_config(drawn, known, self.environment, self.expressions)
        self.problems.add(*checked.problems)
        if checked.config is None:
            self.problems.add(*check_slots(drawn.id, checked.slots, upstream, self.suggestions))
            self.shapes[drawn.id] = NodeShapes(upstream, self._passed_on(known, upstream))
            return
        if isinstance(known, TriggerNode):
            upstream = self.bounds.bounded(payload_shape(known, checked.config.drawn, self.environment))
            self.problems.add(
                *check_trigger(drawn, known, checked.config.drawn, self.environment, self.suggestions)
            )
        self._behaviour(drawn, known, checked.config, upstream)

    def _behaviour(self, drawn: DocumentNode, known: Node, config: CompiledConfig, upstream: Shape) -> None:
        """What a valid config means for the record."""
        self.configs[drawn.id] = config
        found = (
            [] if self.problems.is_full else check_references(drawn.id, config, upstream, self.suggestions)
        )
        self.problems.add(*found)
        named = {problem.field for problem in found}
        ports = self._passed_on(known, upstream)
        try:
            ports |= known.fields(config.drawn, upstream)
            for name, message, hint in known.check(config.drawn, upstream):
                if name not in named:
                    self._problem(drawn, "bad_config", message, hint, field=name)
            for name, message, hint in known.warnings(config.drawn, self.environment.owner_id):
                self._problem(drawn, "not_set_up", message, hint, field=name or None, severity="warning")
        except Exception as error:  # noqa: BLE001  # a stranger's node type may raise anything
            message = f"The node type “{drawn.type}” failed to judge this config: {type(error).__name__}."
            self._problem(drawn, "node_type_failed", message, "Report it to whoever made the node type.")
        ports = {name: self.bounds.bounded(shape) for name, shape in ports.items()}
        self.shapes[drawn.id] = NodeShapes(upstream, ports)

    def _passed_on(self, known: Node, upstream: Shape) -> dict[str, Shape]:
        ports = {port.name: upstream for port in known.meta.all_ports}
        if ERROR.name in ports:
            ports[ERROR.name] = upstream.with_field(ERROR.name, ERROR_SHAPE)
        return ports

    def _upstream(self, node_id: str) -> Shape:
        if node_id not in self.parents:
            return UNKNOWN
        source, port = self.parents[node_id]
        before = self.shapes.get(source)
        if before is None:
            return UNKNOWN
        shape = before.ports.get(port)
        if source in self.configs and shape is not None:
            return shape
        # Nothing certain is known behind a node with problems: say less rather than something wrong.
        base = shape or before.input
        return replace(base, is_open=True) if base.type == "object" else base

    def _unknown_type(self, drawn: DocumentNode) -> None:
        near = self.suggestions.nearest(drawn.type, self.environment.node_type_names())
        hint = (
            f"Did you mean “{near}”?" if near else "Install the package that brings it, or remove the node."
        )
        self._problem(drawn, "unknown_node_type", f"The node type “{drawn.type}” is not available.", hint)

    def _problem(
        self,
        drawn: DocumentNode,
        code: str,
        message: str,
        hint: str = "",
        field: str | None = None,
        severity: Severity = "error",
    ) -> None:
        self.problems.add(Finding(code, message, severity, hint, drawn.id, field))

    def _plan(self, trigger_id: str, order: list[str]) -> Plan:
        nodes = {node_id: self._planned(node_id) for node_id in order}
        return Plan(trigger_id, nodes, self.document.settings, self.subject, self.environment.owner_id)

    def _planned(self, node_id: str) -> PlannedNode:
        drawn, known = self.wiring.nodes[node_id], self.wiring.type_of(node_id)
        if known is None:
            raise TypeError(f"{node_id} has no type.")
        behind: dict[str, list[str]] = {}
        for edge in self.wiring.out.get(node_id, []):
            behind.setdefault(edge.port, []).append(edge.target)
        return PlannedNode(
            id=node_id,
            name=drawn.name,
            type=drawn.type,
            node=known,
            config=self.configs[node_id],
            retry=retry_of(drawn.settings.retry, known.meta.retry),
            timeout_seconds=drawn.settings.timeout_seconds
            or known.meta.time_limit
            or DEFAULT_TIMEOUT_SECONDS,
            next={port: tuple(targets) for port, targets in behind.items()},
            credentials=named_credentials(self.configs[node_id].drawn),
        )


def retry_of(said: Retry | None, default: Retry) -> Retry:
    """How often a node is tried; what its settings do not say is the node type's."""
    return default if said is None else Retry(**default.model_dump() | said.model_dump(exclude_unset=True))
