"""Export and import: byte-identical, under another name too; and a preview that changes nothing."""

import json
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from flows.models import Flow
from tests.flows.api.conftest import Clients
from tests.flows.pages.conftest import House

IMPORT = "/api/v1/flows/import/"


def exported(client: APIClient, flow_id: Any, query: str = "") -> bytes:
    answer = client.get(f"/api/v1/flows/{flow_id}/export/{query}")
    assert answer.status_code == 200
    return answer.content


@pytest.mark.parametrize("name", [None, "Another name"])
def test_export_import_export_is_byte_identical(editor: APIClient, house: House, name: str | None):
    raw = exported(editor, house.flow.id)
    body = {"document": json.loads(raw), **({"name": name} if name else {})}
    made = editor.post(IMPORT, body)
    assert made.status_code == 201
    flow = made.json()
    assert (flow["name"], flow["is_enabled"], flow["published_version"]) == (name or "Welcome", False, None)
    assert flow["id"] != str(house.flow.id)
    assert exported(editor, flow["id"]) == raw


def test_an_export_is_a_file_of_one_version_or_the_draft(editor: APIClient, house: House):
    answer = editor.get(f"/api/v1/flows/{house.flow.id}/export/?version=1")
    assert answer["Content-Disposition"] == 'attachment; filename="welcome.json"'
    assert answer["Content-Type"] == "application/json"
    assert answer.content == exported(editor, house.flow.id, "?version=draft")


def test_an_import_into_a_flow_replaces_its_draft_at_the_revision(editor: APIClient, house: House):
    made = editor.post("/api/v1/flows/", {"name": "New"}).json()
    body = {"document": json.loads(exported(editor, house.flow.id)), "flow": made["id"]}
    assert editor.post(IMPORT, body).status_code == 428
    assert editor.post(IMPORT, body, headers={"If-Match": '"7"'}).status_code == 412
    answer = editor.post(IMPORT, body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["id"]) == (200, made["id"])
    assert exported(editor, made["id"]) == exported(editor, house.flow.id)


def test_an_import_into_a_foreign_flow_is_404(editor: APIClient, house: House, other_house: House):
    document = json.loads(exported(editor, house.flow.id))
    answers = [
        editor.post(IMPORT, {"document": document, "flow": str(flow)}, headers={"If-Match": '"1"'})
        for flow in (other_house.flow.id, uuid4())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("wrap", [lambda document: document, lambda document: {"document": document}])
def test_a_preview_tells_what_is_added_and_needed(editor: APIClient, house: House, wrap: Any):
    document = json.loads(exported(editor, house.flow.id))
    document["nodes"].append(
        {"id": "x", "type": "acme-teleport", "name": "Away", "config": {}, "position": {"x": 0, "y": 0}}
    )
    before = Flow.objects.count()
    found = editor.post(f"{IMPORT}preview/", wrap(document)).json()
    assert {node["id"]: node["known"] for node in found["nodes"]} == {"t": True, "f": True, "x": False}
    assert found["needs"]["node_types"]
    assert found["ok"] is False
    assert Flow.objects.count() == before


@pytest.mark.parametrize(
    "document", [7, [], "x", {"format": "hookflow/flow"}, {"document": {"document": {}}}]
)
def test_what_is_no_document_is_refused_with_its_place(editor: APIClient, document: Any):
    for path, body in (("preview/", document), ("", {"document": document})):
        answer = editor.post(IMPORT + path, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_document"), answer.content
        assert answer.json()["errors"]
    assert not Flow.objects.exists()


def test_a_viewer_imports_nothing(api: Clients, viewer: Any):
    for path in ("", "preview/"):
        assert api(viewer).post(IMPORT + path, {"document": {}}).status_code == 403


def test_a_preview_takes_the_names_of_credentials_that_are_here(editor: APIClient, house: House):
    document = json.loads(exported(editor, house.flow.id))
    node = {"id": "m", "type": "send-mail", "name": "Tell", "position": {"x": 0, "y": 0}}
    document["nodes"].append({**node, "config": {"credential": "theirs"}})
    found = editor.post(f"{IMPORT}preview/", {"document": document, "credentials": {"theirs": "ours"}}).json()
    assert [one["name"] for one in found["credentials"]] == ["ours"]
    configs = {node["id"]: node["config"] for node in found["document"]["nodes"]}
    assert configs["m"] == {"credential": "ours"}
    bad = editor.post(f"{IMPORT}preview/", {"document": document, "credentials": {"theirs": ["ours"]}})
    assert (bad.status_code, bad.json()["field"]) == (400, "credentials.theirs")
