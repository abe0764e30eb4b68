"""Drafts: a lost update is refused with who saved when; publishing, restoring, comparing."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from flows.models import Flow, FlowVersion
from tests.flows.api.conftest import Clients
from tests.flows.pages.conftest import House


def url(house: House, rest: str) -> str:
    return f"/api/v1/flows/{house.flow.id}/{rest}"


@pytest.fixture
def changed(house: House, draft_of: Any) -> dict[str, Any]:
    """The drawing with another value in the filter."""
    document, _ = draft_of(house.flow.id)
    next(node for node in document["nodes"] if node["id"] == "f")["config"]["value"] = "4096"
    return document


def test_a_saved_draft_has_a_new_etag(editor: APIClient, house: House, changed: Any, draft_of: Any):
    _, tag = draft_of(house.flow.id)
    answer = editor.put(url(house, "draft/"), {"document": changed}, headers={"If-Match": tag})
    assert answer.status_code == 200
    assert answer["ETag"] != tag
    assert answer["ETag"] == f'"{answer.json()["revision"]}"'
    assert answer.json()["saved_by"] == "editor"
    assert draft_of(house.flow.id) == (changed, answer["ETag"])
    assert editor.get(url(house, "")).json()["has_unpublished_changes"] is True


def test_a_lost_update_is_412_with_who_and_when(
    api: Clients, editor: APIClient, tenant_admin: User, house: House, changed: Any, draft_of: Any
):
    document, tag = draft_of(house.flow.id)
    saved = api(tenant_admin).put(url(house, "draft/"), {"document": changed}, headers={"If-Match": tag})
    answer = editor.put(url(house, "draft/"), {"document": document}, headers={"If-Match": tag})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (412, "stale_draft")
    assert problem["saved_by"] == "admin"
    assert problem["revision"] == saved.json()["revision"]
    assert problem["saved_at"][:19] == saved.json()["saved_at"][:19]
    assert draft_of(house.flow.id)[0] == changed


@pytest.mark.parametrize("path", ["draft/", "draft/discard/", "publish/", "versions/1/restore/"])
def test_without_if_match_it_is_428(editor: APIClient, house: House, changed: Any, path: str):
    method = editor.put if path == "draft/" else editor.post
    body = {"document": changed} if path == "draft/" else {}
    for tag, status in ((None, 428), ("*", 412), ('"1", "2"', 412), ('"x"', 412), ("0", 412)):
        answer = method(url(house, path), body, headers={} if tag is None else {"If-Match": tag})
        assert answer.status_code == status, (tag, answer.content)
    answer = method(url(house, path), body, headers={"If-Match": '"999999999999999999"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_draft")
    assert FlowVersion.objects.count() == 1


@pytest.mark.parametrize("document", [None, 7, [], {}, {"format": "other"}, {"nodes": "x"}])
def test_what_is_no_document_is_400_and_changes_nothing(
    editor: APIClient, house: House, draft_of: Any, document: Any
):
    before, tag = draft_of(house.flow.id)
    for method, path in ((editor.put, "draft/"), (editor.post, "validate/"), (editor.post, "dry-run/")):
        answer = method(url(house, path), {"document": document}, headers={"If-Match": tag})
        assert answer.status_code == 400, (path, answer.content)
        assert answer.json()["errors"]
    assert draft_of(house.flow.id) == (before, tag)


def test_discarding_brings_the_published_drawing_back(
    editor: APIClient, house: House, changed: Any, draft_of: Any
):
    before, tag = draft_of(house.flow.id)
    saved = editor.put(url(house, "draft/"), {"document": changed}, headers={"If-Match": tag})
    answer = editor.post(url(house, "draft/discard/"), headers={"If-Match": saved["ETag"]})
    assert answer.status_code == 200
    assert draft_of(house.flow.id) == (before, answer["ETag"])
    assert editor.get(url(house, "")).json()["has_unpublished_changes"] is False


def test_a_draft_of_a_flow_that_was_never_published_cannot_be_discarded(editor: APIClient):
    made = editor.post("/api/v1/flows/", {"name": "New"}).json()
    answer = editor.post(f"/api/v1/flows/{made['id']}/draft/discard/", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_published")


def test_publishing_makes_the_next_version(editor: APIClient, house: House, changed: Any, draft_of: Any):
    _, tag = draft_of(house.flow.id)
    saved = editor.put(url(house, "draft/"), {"document": changed}, headers={"If-Match": tag})
    answer = editor.post(url(house, "publish/"), {"comment": "Less"}, headers={"If-Match": saved["ETag"]})
    assert answer.status_code == 201
    assert (answer.json()["number"], answer.json()["comment"]) == (2, "Less")
    listed = editor.get(url(house, "versions/")).json()
    assert [entry["number"] for entry in listed] == [2, 1]
    assert editor.get(url(house, "versions/2/")).json()["document"] == changed
    assert editor.get(url(house, "")).json()["published_version"] == 2


def test_a_draft_with_problems_saves_and_does_not_publish(
    editor: APIClient, house: House, changed: Any, draft_of: Any
):
    _, tag = draft_of(house.flow.id)
    broken = {**changed, "edges": []}
    saved = editor.put(url(house, "draft/"), {"document": broken}, headers={"If-Match": tag})
    assert saved.status_code == 200
    answer = editor.post(url(house, "publish/"), {}, headers={"If-Match": saved["ETag"]})
    validated = editor.post(url(house, "validate/"), {"document": broken}).json()
    assert (answer.status_code, answer.json()["code"]) == (422, "flow_has_problems")
    assert answer.json()["problems"] == validated["problems"] != []
    assert validated["ok"] is False
    assert Flow.objects.get().published.number == 1


def test_versions_are_compared_and_restored(editor: APIClient, house: House, changed: Any, draft_of: Any):
    before, tag = draft_of(house.flow.id)
    saved = editor.put(url(house, "draft/"), {"document": changed}, headers={"If-Match": tag})
    diff = editor.get(url(house, "diff/")).json()
    assert diff == editor.get(url(house, "diff/?from=1&to=draft")).json()
    (change,) = diff["changed"]
    assert change["fields"] == [{"field": "config.value", "before": "8192", "after": "4096"}]
    assert editor.get(url(house, "diff/?from=1&to=1")).json()["changed"] == []
    answer = editor.post(url(house, "versions/1/restore/"), headers={"If-Match": saved["ETag"]})
    assert answer.json()["document"] == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("diff/?from=9", 404),
        ("diff/?from=x", 400),
        ("diff/?to=-1", 400),
        ("diff/?from=99999999999999999999", 400),
        ("export/?version=9", 404),
        ("export/?version=%00", 400),
        ("versions/0/", 404),
        ("versions/99999999999999999999999/", 404),
    ],
)
def test_versions_that_do_not_exist_are_refused(editor: APIClient, house: House, path: str, status: int):
    assert editor.get(url(house, path)).status_code == status
