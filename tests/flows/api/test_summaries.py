"""Every answer that carries a drawing carries the line under each of its nodes."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.flows.api.conftest import Clients
from tests.flows.pages.conftest import House
from tests.support.flows import document

DRAWING = document(
    [
        ("t", "event", {"event": "server.created"}),
        ("f", "filter", {"field": "ram", "operation": ">=", "value": 8192}),
        ("m", "send-mail", {"to": ["{{ owner.email }}"]}),
        ("new", "send-mail", {}),
        ("gone", "of-another-package", {"x": 1}),
    ],
    [("t", "out", "f")],
)
LINES = {"t": "server.created", "f": "ram ≥ 8192", "m": "→ owner.email", "new": "", "gone": ""}


def test_validate_tells_them_of_what_was_sent(editor: APIClient, house: House):
    answer = editor.post(f"/api/v1/flows/{house.flow.id}/validate/", {"document": DRAWING})
    assert answer.json()["summaries"] == LINES


def test_the_draft_tells_them_when_it_is_read_and_saved(editor: APIClient, house: House):
    url = f"/api/v1/flows/{house.flow.id}/draft/"
    tag = editor.get(url)["ETag"]
    assert editor.put(url, {"document": DRAWING}, headers={"If-Match": tag}).json()["summaries"] == LINES
    assert editor.get(url).json()["summaries"] == LINES


@pytest.mark.parametrize("place", ["flows/{flow}/draft/", "flows/{flow}/versions/1/", "runs/{run}/steps/"])
def test_nothing_else_in_the_answer_is_without_them(editor: APIClient, house: House, place: str):
    found: Any = editor.get(f"/api/v1/{place.format(flow=house.flow.id, run=house.run.id)}").json()
    nodes = {node["id"] for node in found["document"]["nodes"]}
    assert set(found["summaries"]) == nodes
    assert all(found["summaries"].values())
    assert all("summary" not in node for node in found["document"]["nodes"])


def test_node_types_say_what_stands_in_an_empty_place(editor: APIClient):
    types = {entry["type"]: entry for entry in editor.get("/api/v1/node-types/").json()}
    assert types["filter"]["unset"] == "No field chosen"
    assert all(entry["unset"] for entry in types.values())


def test_a_viewer_sees_them(api: Clients, viewer: Any, house: House):
    assert api(viewer).get(f"/api/v1/flows/{house.flow.id}/draft/").json()["summaries"]
