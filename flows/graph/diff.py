"""What changed between two documents, as people want to read it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from flows.graph.codec import node_json, settings_json
from flows.graph.document import DocumentEdge, DocumentNode, FlowDocument
from flows.sdk.json_types import Json


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One changed field. A side that has no such field is None, and the other one tells.

    Args:
        field: dotted, from the node, such as `config.value` or `settings.retry.attempts`.
        before, after: the values.
    """

    field: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node that is in both, and what is different in it besides its position."""

    node: DocumentNode
    fields: tuple[FieldChange, ...]
    is_moved: bool


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """Everything that is different. `moved` holds the nodes that only changed their place."""

    added: tuple[DocumentNode, ...]
    removed: tuple[DocumentNode, ...]
    changed: tuple[NodeChange, ...]
    moved: tuple[DocumentNode, ...]
    edges_added: tuple[DocumentEdge, ...]
    edges_removed: tuple[DocumentEdge, ...]
    settings: tuple[FieldChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two are the same, positions and order of edges included."""
        parts = (self.added, self.removed, self.changed, self.moved)
        return not any((*parts, self.edges_added, self.edges_removed, self.settings))


def diff_documents(before: FlowDocument, after: FlowDocument) -> DocumentDiff:
    """What leads from one document to the other. Nodes are the same when their ids are."""
    old = {node.id: node for node in before.nodes}
    new = {node.id: node for node in after.nodes}
    changed: list[NodeChange] = []
    moved: list[DocumentNode] = []
    for node_id, node in new.items():
        if node_id not in old:
            continue
        fields = tuple(_node_changes(old[node_id], node))
        is_moved = old[node_id].position != node.position
        if fields:
            changed.append(NodeChange(node, fields, is_moved))
        elif is_moved:
            moved.append(node)
    return DocumentDiff(
        added=tuple(node for node_id, node in new.items() if node_id not in old),
        removed=tuple(node for node_id, node in old.items() if node_id not in new),
        changed=tuple(changed),
        moved=tuple(moved),
        edges_added=_edges_beyond(after, before),
        edges_removed=_edges_beyond(before, after),
        settings=tuple(_changes(settings_json(before), settings_json(after), "")),
    )


def _node_changes(before: DocumentNode, after: DocumentNode) -> Iterator[FieldChange]:
    old, new = node_json(before), node_json(after)
    for raw in (old, new):
        del raw["position"]
    return _changes(old, new, "")


def _changes(before: Json, after: Json, path: str) -> Iterator[FieldChange]:
    """Objects are compared key by key, lists as a whole: their places have no names."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _changes(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif not _same(before, after):
        yield FieldChange(path, before, after)


def _same(before: Json, after: Json) -> bool:
    """Equality of JSON: true is not 1, and 1 is not 1.0 in a canonical file."""
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    return type(before) is type(after) and bool(before == after)


def _edges_beyond(one: FlowDocument, other: FlowDocument) -> tuple[DocumentEdge, ...]:
    """The edges of `one` that `other` lacks; an edge whose place among those of its port changed counts on both sides.

    The order of a port's edges is the order of the run, so it is part of what a flow does.
    """
    theirs = _by_port(other)
    out: list[DocumentEdge] = []
    for outlet, edges in _by_port(one).items():
        rest = Counter(theirs.get(outlet, []))
        if Counter(edges) == rest and edges != theirs[outlet]:
            out += [edge for edge, place in zip(edges, theirs[outlet], strict=True) if edge != place]
            continue
        for edge in edges:
            if rest[edge] > 0:
                rest[edge] -= 1
            else:
                out.append(edge)
    return tuple(out)


def _by_port(document: FlowDocument) -> dict[tuple[str, str], list[DocumentEdge]]:
    found: dict[tuple[str, str], list[DocumentEdge]] = {}
    for edge in document.edges:
        found.setdefault((edge.source, edge.port), []).append(edge)
    return found
