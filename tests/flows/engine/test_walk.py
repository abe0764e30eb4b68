"""The walk and its cursor: depth first, in edge order, and the same from wherever it is picked up."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.engine.cursor import Cursor
from flows.engine.walk import Walk
from flows.sdk import Record
from tests.flows.engine.plans import plan_of, trees

Edges = dict[str, dict[str, tuple[str, ...]]]


def reference(edges: Edges, port_of: dict[str, str], node: str, record: Record, seen: list[Any]) -> None:
    """What depth first means, in five lines."""
    for child in edges.get(node, {}).get(port_of.get(node, "out"), ()):
        seen.append((child, record))
        changed = {**record, child: True} if changes(child) else record
        reference(edges, port_of, child, changed, seen)


def changes(node: str) -> bool:
    return node[-1] in "02468"


def take_turn(walk: Walk, port_of: dict[str, str], outputs: dict[str, Record | None]) -> tuple[str, Record]:
    node = walk.current
    assert node is not None
    record = walk.input_of(node)
    after = {**record, node: True} if changes(node) else record
    outputs[node] = after if changes(node) else None
    walk.advance(port_of.get(node, "out"), after)
    return node, record


def chosen(data: st.DataObject, edges: Edges) -> dict[str, str]:
    return {node: data.draw(st.sampled_from(["out", "error"])) for node in edges if node != "t"}


@given(edges=trees(), data=st.data())
def test_nodes_come_depth_first_in_edge_order_with_their_parents_record(
    edges: Edges, data: st.DataObject
) -> None:
    port_of = chosen(data, edges)
    expected: list[Any] = []
    reference(edges, port_of, "t", {"id": 1}, expected)
    walk, seen = Walk.start(plan_of(edges), {"id": 1}, "key"), []
    while walk.current is not None:
        seen.append(take_turn(walk, port_of, {}))
    assert seen == expected


@given(edges=trees(), data=st.data())
def test_a_walk_that_is_picked_up_at_any_point_goes_on_the_same(edges: Edges, data: st.DataObject) -> None:
    port_of = chosen(data, edges)
    expected: list[Any] = []
    reference(edges, port_of, "t", {"id": 1}, expected)
    plan, outputs, seen = plan_of(edges), {}, []
    walk = Walk.start(plan, {"id": 1}, "key")
    while walk.current is not None:
        if data.draw(st.booleans()):
            stored = json.loads(json.dumps(walk.cursor.to_json()))
            walk = Walk(plan, {"id": 1}, Cursor.from_json(stored), dict(outputs))
        seen.append(take_turn(walk, port_of, outputs))
    assert seen == expected


def test_a_very_long_line_of_nodes_that_pass_their_record_on_is_picked_up() -> None:
    names = ["t", *(f"n{number}" for number in range(2_000))]
    plan = plan_of({one: {"out": (other,)} for one, other in pairwise(names)})
    walk = Walk(plan, {"id": 1}, Cursor(pending=[names[-1]]), dict.fromkeys(names[1:-1]))
    assert walk.input_of(names[-1]) == {"id": 1}
