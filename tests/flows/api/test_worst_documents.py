"""Every address that takes a document, with the worst of documents: a bounded answer, no fault, no standstill."""

import json
import time
from typing import Any

import pytest
from rest_framework.test import APIClient

from flows.compiler.answers import MAX_PROBLEMS
from flows.compiler.bounds import MAX_FIELDS
from flows.engine.dry_run import LEFT_OUT, MOST_SHOWN_BYTES
from flows.graph.codec import read_document
from flows.sdk import Shape
from flows.services.plans import compile_for
from tests.flows.pages.conftest import House
from tests.support.flows import document, line

MOST_ANSWER_BYTES = 4_000_000
MOST_SECONDS = 30.0
"""Coarse: a standstill took minutes. What is counted is asserted elsewhere."""

WIDE = json.dumps({f"field_{number}": 1 for number in range(900)})
DEEP_PATH = ".".join(f"part{number}" for number in range(32))


def manual(example: str = "") -> tuple[str, str, dict[str, Any]]:
    return ("t", "manual", {"example": example})


def adding(number: int, as_field: str, value: Any) -> tuple[str, str, dict[str, Any]]:
    return (f"n{number}", "add-field", {"as_field": as_field, "value": value})


def doubling(count: int) -> dict[str, Any]:
    return line(manual('{"a": "xxxxxxxx"}'), *[adding(i, f"b{i}", "{{ record }}") for i in range(count)])


def doubling_shapes(count: int) -> dict[str, Any]:
    pairs = [
        adding(2 * i + side, f"a{i + 1}.{'lr'[side]}", f"{{{{ a{i} }}}}")
        for i in range(count)
        for side in (0, 1)
    ]
    return line(manual('{"a0": {"x": 1}}'), *pairs)


def fan(*nodes: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    return document(nodes, [(nodes[0][0], "out", node[0]) for node in nodes[1:]])


DOCUMENTS = {
    "a record that doubles": doubling(40),
    "a shape that doubles": doubling_shapes(40),
    "many fields in many nodes": line(manual(WIDE), *[adding(i, f"new{i}", i) for i in range(150)]),
    "unknown names against many fields": fan(
        manual(WIDE), *[adding(i, f"new{i}", "{{ feild_77 }}" * 200) for i in range(100)]
    ),
    "the most nodes": fan(manual(WIDE), *[adding(i, f"new{i}", "{{ nothing }}") for i in range(1_000)]),
    "the most nodes in a line": line(manual(), *[adding(i, f"new{i}", "x") for i in range(1_000)]),
    "deep paths in each other": line(
        manual(), *[adding(i, DEEP_PATH if i % 2 else "part0", "{{ record }}") for i in range(60)]
    ),
    "paths that are too deep": line(manual(), *[adding(i, ".".join(["a"] * 249), "x") for i in range(50)]),
    "unknown keys": line(manual(), ("n0", "filter", {f"key{i}": i for i in range(50_000)})),
    "unknown types": document(
        [manual(), *[(f"n{i}", f"no-such-{i}", {}) for i in range(1_900)]],
        [("t", "out", f"n{i}") for i in range(1_900)] * 2,
    ),
    "long texts": line(manual(), *[adding(i, "x" * 499, "y" * 16_000) for i in range(200)]),
    "long templates": line(manual(), *[adding(i, f"x{i}", "{{ a ~ b }}" * 400) for i in range(200)]),
    "long unknown names": line(
        manual('{"a": 1}'), *[adding(i, f"x{i}", "{{ " + "z" * 16_000 + " }}") for i in range(200)]
    ),
}
each_document = pytest.mark.parametrize("name", DOCUMENTS)


def asked(client: APIClient, url: str, body: Any, **extra: Any) -> Any:
    began = time.monotonic()
    answer = client.generic(
        "POST", f"/api/v1/{url}", json.dumps(body), content_type="application/json", **extra
    )
    assert time.monotonic() - began < MOST_SECONDS
    assert answer.status_code < 500, answer.content[:500]
    assert len(answer.content) < MOST_ANSWER_BYTES
    return answer


@each_document
def test_what_the_editor_asks_stays_small(editor: APIClient, house: House, name: str):
    drawing = DOCUMENTS[name]
    flow = f"flows/{house.flow.id}"
    last = drawing["nodes"][-1]["id"]
    found = asked(editor, f"{flow}/validate/", {"document": drawing}).json()
    assert len(found.get("problems", [])) <= MAX_PROBLEMS + 1
    asked(editor, f"{flow}/wiring/", {"document": drawing, "from": "t", "port": "out"})
    asked(editor, f"{flow}/wiring/", {"document": drawing, "to": last})
    asked(editor, f"{flow}/preview/", {"document": drawing, "node": last, "field": "value"})
    asked(editor, f"{flow}/dry-run/", {"document": drawing})


@each_document
def test_what_takes_documents_in_stays_small(editor: APIClient, house: House, name: str):
    drawing = DOCUMENTS[name]
    asked(editor, "flows/import/preview/", drawing)
    imported = asked(editor, "flows/import/", {"document": drawing})
    if imported.status_code != 201:
        return
    flow = f"flows/{imported.json()['id']}"
    draft = editor.get(f"/api/v1/{flow}/draft/")
    assert len(draft.content) < 3 * len(json.dumps(drawing)) + 500_000
    assert len(editor.get(f"/api/v1/flows/{house.flow.id}/diff/").content) < MOST_ANSWER_BYTES
    assert len(editor.get(f"/api/v1/{flow}/diff/?from=draft&to=draft").content) < MOST_ANSWER_BYTES
    asked(editor, f"{flow}/publish/", {}, headers={"If-Match": draft["ETag"]})


def test_a_record_is_refused_where_a_run_would_refuse_it(editor: APIClient, house: House):
    found = asked(
        editor, f"flows/{house.flow.id}/dry-run/", {"document": DOCUMENTS["a record that doubles"]}
    ).json()
    assert found["status"] == "failed"
    assert found["steps"][-1]["error"]["code"] in ("record_too_large", "unexpected", "template_too_expensive")
    assert found["note"]
    assert any(LEFT_OUT in step["input"] for step in found["steps"])


def test_what_is_left_out_leaves_the_rest_whole(editor: APIClient, house: House):
    found = asked(editor, f"flows/{house.flow.id}/dry-run/", {"document": doubling(3)}).json()
    assert (found["status"], found["note"]) == ("succeeded", "")
    assert found["steps"][1]["output"]["b0"] == found["steps"][0]["output"]
    assert MOST_SHOWN_BYTES < MOST_ANSWER_BYTES


def test_a_payload_that_no_run_would_take_is_refused(editor: APIClient, house: House):
    answer = asked(
        editor, f"flows/{house.flow.id}/dry-run/", {"payload": {f"f{i}": "x" * 10_000 for i in range(150)}}
    )
    assert answer.status_code == 413
    assert answer.json()["code"] == "record_too_large"


def test_a_path_has_a_length_a_depth_and_a_reason(editor: APIClient, house: House):
    for path, said in (
        (".".join(["a"] * 249), "32 parts"),
        ("a" * 501, "500 characters"),
        ("a.__b", "underscores"),
    ):
        drawing = line(manual(), adding(1, path, "x"))
        [problem] = asked(editor, f"flows/{house.flow.id}/validate/", {"document": drawing}).json()[
            "problems"
        ]
        assert (problem["node"], problem["field"]) == ("n1", "as_field")
        assert said in problem["hint"]


def test_more_problems_than_people_read_are_counted(editor: APIClient, house: House):
    drawing = DOCUMENTS["the most nodes"]
    found = asked(editor, f"flows/{house.flow.id}/validate/", {"document": drawing}).json()
    assert found.get("ok") is False, str(found)[:600]
    assert found["problems"][-1]["code"] == "more_problems"
    assert "more problem" in found["problems"][-1]["message"]


def test_shapes_are_finite():
    drawing = read_document(DOCUMENTS["a shape that doubles"])
    for shapes in compile_for(drawing, None).shapes.values():
        for shape in (shapes.input, *shapes.ports.values()):
            assert fields_of(shape, 2 * MAX_FIELDS) <= MAX_FIELDS + 10


def fields_of(shape: Shape, most: int) -> int:
    count, pending = 0, [shape]
    while pending and count <= most:
        here = pending.pop()
        count += 1
        pending += [*here.fields.values(), *([here.items] if here.items else [])]
    return count
