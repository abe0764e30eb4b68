"""Which wires may be: the one set of rules for the editor and the compiler."""

from collections import defaultdict
from dataclasses import dataclass

from flows.compiler.environment import CompileEnvironment
from flows.graph.document import DocumentEdge, DocumentNode, FlowDocument
from flows.sdk.fields import nearest
from flows.sdk.meta import Kind
from flows.sdk.node import Node


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a wire cannot be."""

    code: str
    message: str
    hint: str = ""


class Wiring:
    """The edges of a document, looked at together."""

    def __init__(self, document: FlowDocument, environment: CompileEnvironment) -> None:
        self.document = document
        self.nodes: dict[str, DocumentNode] = {}
        for node in document.nodes:
            self.nodes.setdefault(node.id, node)
        names = {node.type for node in document.nodes}
        self.types: dict[str, Node | None] = {name: environment.node_type(name) for name in names}
        self.first_into: dict[str, int] = {}
        self.out: dict[str, list[DocumentEdge]] = defaultdict(list)
        self._first: dict[DocumentEdge, int] = {}
        for index, edge in enumerate(document.edges):
            self._first.setdefault(edge, index)
            self.first_into.setdefault(edge.target, index)
            self.out[edge.source].append(edge)
        self._above: dict[str, str] = {}
        for target, index in self.first_into.items():
            if self._end_refusal(document.edges[index]) is None:
                self._above[target] = document.edges[index].source
        self._in_cycle = _in_cycle(self._above)
        self._trail: tuple[str, set[str]] = ("", set())

    def type_of(self, node_id: str) -> Node | None:
        """The type of a node; None when it is not known here."""
        return self.types[self.nodes[node_id].type]

    def is_in_cycle(self, node_id: str) -> bool:
        """Whether the node can be reached from itself."""
        return node_id in self._in_cycle

    def refusal(self, index: int) -> Refusal | None:
        """What is wrong with the edge at an index; of two into one node, with the later one."""
        edge = self.document.edges[index]
        refusal = self._end_refusal(edge)
        if refusal is None and self.first_into[edge.target] < index:
            return self._taken(edge, index)
        if refusal is None and edge.target in self._in_cycle:
            return _CYCLE
        return refusal

    def refusal_of_new(self, edge: DocumentEdge) -> Refusal | None:
        """What would be wrong with one more edge: what `refusal` would say of it."""
        refusal = self._end_refusal(edge)
        if refusal is None and edge.target in self.first_into:
            return self._taken(edge, len(self.document.edges))
        return refusal or (_CYCLE if self._leads_to(edge.target, edge.source) else None)

    def _leads_to(self, above: str, below: str) -> bool:
        if self._trail[0] != below:
            trail: set[str] = set()
            here: str | None = below
            while here is not None and here not in trail:
                trail.add(here)
                here = self._above.get(here)
            self._trail = (below, trail)
        return above in self._trail[1]

    def _end_refusal(self, edge: DocumentEdge) -> Refusal | None:
        for node_id in (edge.source, edge.target):
            if node_id not in self.nodes:
                return Refusal("unknown_node", f"There is no node “{node_id}”.", "Remove the edge.")
        if edge.source == edge.target:
            return Refusal("self_edge", "A node cannot lead to itself.", "Lead it to another node.")
        target_type = self.type_of(edge.target)
        if target_type is not None and target_type.meta.kind is Kind.TRIGGER:
            message = f"“{self.nodes[edge.target].name}” is a trigger and has no input."
            return Refusal("trigger_has_no_input", message, "A flow begins with its trigger.")
        return self._port_refusal(edge)

    def _port_refusal(self, edge: DocumentEdge) -> Refusal | None:
        source_type = self.type_of(edge.source)
        if source_type is None:
            return None
        ports = [port.name for port in source_type.meta.all_ports]
        if edge.port in ports:
            return None
        near = nearest(edge.port, ports)
        hint = f"Did you mean “{near}”?" if near else f"Its ports are {', '.join(ports) or 'none'}."
        message = f"“{self.nodes[edge.source].name}” has no port “{edge.port}”."
        return Refusal("unknown_port", message, hint)

    def _taken(self, edge: DocumentEdge, index: int) -> Refusal:
        if self._first.get(edge, index) < index:
            return Refusal("duplicate_edge", "These two are connected already.", "Remove one of the edges.")
        first = self.document.edges[self.first_into[edge.target]]
        holder = self.nodes.get(first.source)
        message = f"“{self.nodes[edge.target].name}” has an incoming connection already"
        message += f", from “{holder.name}”." if holder else "."
        return Refusal("input_taken", message, "Remove that one first, or copy the node.")


_CYCLE = Refusal("cycle", "This connection closes a loop.", "A flow runs forward only: lead it elsewhere.")


def _in_cycle(above: dict[str, str]) -> frozenset[str]:
    """The nodes that lie on a loop. Each has at most one node above it, so that walking up finds them all."""
    done: set[str] = set()
    found: set[str] = set()
    for start in above:
        trail: dict[str, int] = {}
        here: str | None = start
        while here is not None and here not in done and here not in trail:
            trail[here] = len(trail)
            here = above.get(here)
        if here in trail:
            found.update(node_id for node_id, position in trail.items() if position >= trail[here])
        done.update(trail)
    return frozenset(found)


def possible_targets(
    document: FlowDocument, source: str, port: str, environment: CompileEnvironment
) -> dict[str, Refusal | None]:
    """For every node: None when a wire from this port may go there, else why not."""
    wiring = Wiring(document, environment)
    return {node_id: wiring.refusal_of_new(DocumentEdge(source, port, node_id)) for node_id in wiring.nodes}


def possible_sources(
    document: FlowDocument, target: str, environment: CompileEnvironment
) -> dict[str, dict[str, Refusal | None]]:
    """For every port of every node: None when a wire from it may come here, else why not."""
    wiring = Wiring(document, environment)
    out: dict[str, dict[str, Refusal | None]] = {}
    for node_id in wiring.nodes:
        known = wiring.type_of(node_id)
        ports = [port.name for port in known.meta.all_ports] if known else []
        out[node_id] = {p: wiring.refusal_of_new(DocumentEdge(node_id, p, target)) for p in ports}
    return out
