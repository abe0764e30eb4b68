"""Random edits, and the difference is those edits."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.graph import DocumentEdge, DocumentNode, FlowDocument, Position, diff_documents, read_document
from flows.graph.diff import FieldChange
from tests.flows.graph.make_malformed import GOOD


def changed(path: str, value: Any) -> FlowDocument:
    raw = deepcopy(GOOD)
    *steps, last = path.split(".")
    here: Any = raw
    for step in steps:
        here = here[int(step)] if isinstance(here, list) else here[step]
    here[last] = value
    return read_document(raw)


BASE = read_document(GOOD)


def test_same_documents_differ_in_nothing() -> None:
    assert diff_documents(BASE, read_document(deepcopy(GOOD))).is_empty


def test_changed_config_shows_before_and_after() -> None:
    diff = diff_documents(BASE, changed("nodes.1.config.to", "me@example.org"))
    (change,) = diff.changed
    assert (change.node.id, change.is_moved) == ("m", False)
    assert change.fields == (FieldChange("config.to", "ops@example.org", "me@example.org"),)


def test_moved_only_is_no_change() -> None:
    diff = diff_documents(BASE, changed("nodes.1.position", {"x": 99, "y": 2}))
    assert ([node.id for node in diff.moved], diff.changed) == (["m"], ())


def test_true_is_not_one() -> None:
    assert diff_documents(changed("nodes.1.config.to", True), changed("nodes.1.config.to", 1)).changed


def test_settings_and_name_show() -> None:
    diff = diff_documents(BASE, changed("settings.concurrency", {"mode": "queue"}))
    assert [(change.field, change.before, change.after) for change in diff.settings] == [
        ("settings.concurrency.mode", "parallel", "queue"),
        ("settings.concurrency.limit", 50, None),
    ]


def test_order_of_a_ports_edges_shows() -> None:
    nodes = (*BASE.nodes, DocumentNode("a", "sleep", "A"))
    one = replace(BASE, nodes=nodes, edges=(DocumentEdge("t", "out", "m"), DocumentEdge("t", "out", "a")))
    two = replace(one, edges=one.edges[::-1])
    assert len(diff_documents(one, two).edges_added) == 2


node_sets = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6
)


def document(nodes: dict[str, tuple[int, int]]) -> FlowDocument:
    made = [
        DocumentNode(i, "sleep", i, config={"x": x}, position=Position(p, 0)) for i, (x, p) in nodes.items()
    ]
    return FlowDocument("F", tuple(made))


@given(node_sets, node_sets)
def test_difference_is_the_edits(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]
) -> None:
    diff = diff_documents(document(before), document(after))
    both = before.keys() & after.keys()
    assert {node.id for node in diff.added} == after.keys() - before.keys()
    assert {node.id for node in diff.removed} == before.keys() - after.keys()
    assert {change.node.id for change in diff.changed} == {i for i in both if before[i][0] != after[i][0]}
    moved = {i for i in both if before[i][0] == after[i][0] and before[i][1] != after[i][1]}
    assert {node.id for node in diff.moved} == moved
