"""A run in memory that touches nothing outside: what each node would get, do and pass on."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

from flows.compiler.plan import Plan, PlannedNode
from flows.engine.states import StepStatus
from flows.engine.walk import Walk
from flows.sdk import Emit, Json, JsonObject, Kind, NodeContext, NodeError, Record, Suspend
from flows.sdk.meta import ERROR

MOST_STEPS = 2_000


@dataclass(slots=True)
class DryStep:
    """One node's turn in a dry run.

    `preview`: what the node would have done, for a node that is not run; null for one that was.
    `warnings`: why it could not have done it, as the installation is set up now: `field`, `message`, `hint`.
    """

    node: str
    status: StepStatus
    input: Record
    port: str = ""
    output: Record | None = None
    preview: Json = None
    error: JsonObject | None = None
    logs: list[JsonObject] = field(default_factory=list)
    warnings: list[JsonObject] = field(default_factory=list)

    def to_json(self) -> JsonObject:
        """As the API answers it."""
        return {
            "node": self.node,
            "status": self.status.value,
            "port": self.port,
            "input": dict(self.input),
            "output": None if self.output is None else dict(self.output),
            "preview": self.preview,
            "error": self.error,
            "logs": self.logs,
            "warnings": self.warnings,
        }


ContextMaker = Callable[[DryStep], NodeContext]


def is_run_for_real(node: PlannedNode) -> bool:
    """Whether a dry run may run the node: it chooses or reads, and nothing of it reaches outside."""
    return node.meta.kind in (Kind.FILTER, Kind.ENRICHER) and not node.meta.durable


def dry_run(plan: Plan, payload: Record, context: ContextMaker) -> list[DryStep]:
    """Walk the plan with a payload. The trigger comes first; a failure without `error` port ends the walk."""
    trigger = plan.nodes[plan.trigger_id]
    out = trigger.meta.ports[0].name
    steps = [DryStep(trigger.id, StepStatus.SUCCEEDED, payload, out, payload)]
    walk = Walk.start(plan, payload, "dry-run")
    while (node_id := walk.current) is not None and len(steps) < MOST_STEPS:
        node = plan.nodes[node_id]
        step = DryStep(node_id, StepStatus.SUCCEEDED, walk.input_of(node_id))
        steps.append(step)
        try:
            result = _turn(node, step, context, plan.owner_id)
        except NodeError as error:
            step.status, step.error = StepStatus.FAILED, error.as_json()
            if not node.next.get(ERROR.name):
                break
            result = Emit(ERROR.name, {**step.input, "error": {**error.as_json(), "node": node.name}})
        step.port, step.output = result.port, result.record
        walk.advance(result.port, result.record)
    return steps


def _turn(node: PlannedNode, step: DryStep, context: ContextMaker, owner_id: int | None) -> Emit:
    config = node.config.render(step.input)
    if is_run_for_real(node):
        result = node.node.run(context(step), config, step.input)
        if isinstance(result, Emit):
            return result
        if inspect.iscoroutine(result):
            result.close()
        if isinstance(result, Suspend):
            return Emit(result.on_time, step.input)
    step.preview = node.node.preview(config, step.input)
    step.warnings = [
        {"field": name, "message": message, "hint": hint}
        for name, message, hint in node.node.warnings(config, owner_id)
    ]
    return node.node.dry_run_result(config, step.input)
