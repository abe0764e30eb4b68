"""Flows over the API: list, make, change, duplicate, delete."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from flows.models import Flow, Run
from tests.flows.api.conftest import Clients
from tests.flows.pages.conftest import House, furnished, published

FLOWS = "/api/v1/flows/"
KEYS = {
    "id", "name", "description", "tenant", "is_enabled", "followed_file", "draft_revision", "has_unpublished_changes",
    "published_version", "created_at", "updated_at", "last_runs",
}  # fmt: skip


def test_a_flow_is_made_switched_off_and_empty(editor: APIClient, flow_editor: User):
    answer = editor.post(FLOWS, {"name": "Welcome"})
    made = answer.json()
    assert answer.status_code == 201
    assert set(made) == KEYS
    assert (made["tenant"], made["is_enabled"], made["published_version"]) == (
        flow_editor.tenant_id,
        False,
        None,
    )
    assert AuditEntry.objects.filter(verb="created", target="flow", target_id=made["id"]).exists()
    assert editor.get(f"{FLOWS}{made['id']}/").json() == made


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "a", "tenant": 1}, "tenant"),
        ({"name": ["a"]}, "name"),
        (["a"], None),
    ],
)
def test_a_bad_flow_is_refused_at_its_field(editor: APIClient, body: Any, field: str | None):
    answer = editor.post(FLOWS, body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not Flow.objects.exists()


def test_the_list_shows_the_newest_runs_first(editor: APIClient, house: House):
    for _ in range(11):
        newest = furnished(house.flow).run
    (shown,) = editor.get(FLOWS).json()["results"]
    assert len(shown["last_runs"]) == 10
    assert shown["last_runs"][0]["id"] == str(newest.id)
    assert set(shown["last_runs"][0]) == {"id", "status", "finished_at"}


def test_the_list_costs_the_same_for_one_flow_and_for_many(
    editor: APIClient, tenant_admin: User, house: House
):
    with CaptureQueriesContext(connection) as one:
        editor.get(FLOWS)
    for number in range(5):
        furnished(published(tenant_admin, f"Flow {number}"))
    with CaptureQueriesContext(connection) as many:
        assert len(editor.get(FLOWS).json()["results"]) == 6
    assert len(many) == len(one) <= 6, [query["sql"] for query in many]


def test_the_list_is_narrowed(editor: APIClient, tenant_admin: User, house: House):
    editor.post(FLOWS, {"name": "Other"})
    names = {
        query: [flow["name"] for flow in editor.get(f"{FLOWS}?{query}").json()["results"]]
        for query in ("q=welc", "q=nothing", "is_enabled=true", "is_enabled=false", "page_size=1")
    }
    assert names == {
        "q=welc": ["Welcome"],
        "q=nothing": [],
        "is_enabled=true": ["Welcome"],
        "is_enabled=false": ["Other"],
        "page_size=1": ["Other"],
    }


def test_pages_follow_one_another(editor: APIClient):
    for number in range(5):
        editor.post(FLOWS, {"name": f"Flow {number}"})
    seen, url = [], f"{FLOWS}?page_size=2"
    while url:
        page = editor.get(url).json()
        seen += [flow["name"] for flow in page["results"]]
        url = page["next"]
    assert seen == [f"Flow {number}" for number in reversed(range(5))]


def test_a_flow_is_renamed_and_its_draft_with_it(editor: APIClient, house: House):
    url = f"{FLOWS}{house.flow.id}/"
    answer = editor.patch(url, {"name": "Hello", "description": "For all"})
    assert answer.json()["name"] == "Hello"
    draft = editor.get(f"{url}draft/").json()
    assert (draft["document"]["name"], draft["document"]["description"]) == ("Hello", "For all")


def test_only_a_published_flow_is_switched_on(editor: APIClient, house: House):
    made = editor.post(FLOWS, {"name": "New"}).json()
    answer = editor.patch(f"{FLOWS}{made['id']}/", {"is_enabled": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_published")
    for wanted in (False, True):
        answer = editor.patch(f"{FLOWS}{house.flow.id}/", {"is_enabled": wanted})
        assert answer.json()["is_enabled"] is wanted


def test_a_copy_is_switched_off(editor: APIClient, house: House):
    answer = editor.post(f"{FLOWS}{house.flow.id}/duplicate/")
    copy = answer.json()
    assert answer.status_code == 201
    assert (copy["name"], copy["is_enabled"], copy["published_version"]) == ("Welcome (copy)", False, None)
    document = editor.get(f"{FLOWS}{copy['id']}/draft/").json()["document"]
    assert {node["id"] for node in document["nodes"]} == {"f", "t"}


def test_a_deleted_flow_is_gone_and_its_open_runs_are_cancelled(editor: APIClient, house: House):
    waiting = furnished(house.flow, "waiting").run
    assert editor.delete(f"{FLOWS}{house.flow.id}/").status_code == 204
    assert editor.get(f"{FLOWS}{house.flow.id}/").status_code == 404
    assert editor.get(FLOWS).json()["results"] == []
    assert editor.get(f"/api/v1/runs/{waiting.id}/").json()["status"] == "cancelled"


def test_a_viewer_reads_and_changes_nothing(api: Clients, viewer: User, house: House):
    client, url = api(viewer), f"{FLOWS}{house.flow.id}/"
    for path in ("", "draft/", "versions/", "versions/1/", "diff/", "export/"):
        assert client.get(url + path).status_code == 200, path
    for method, path in (
        ("post", ""), ("patch", ""), ("delete", ""), ("put", "draft/"), ("post", "draft/discard/"),
        ("post", "publish/"), ("post", "run/"), ("post", "duplicate/"), ("post", "versions/1/restore/"),
        ("post", "hook/"), ("post", "hook/rotate/"), ("put", "hook/secret/"),
    ):  # fmt: skip
        target = FLOWS if (method, path) == ("post", "") else url + path
        answer = getattr(client, method)(target, {})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), (method, path)
    assert Flow.objects.count() == 1
    assert Run.objects.count() == 1


def test_an_outsider_gets_what_unknown_ids_get(api: Clients, outsider_admin: User, house: House):
    client = api(outsider_admin)
    for method, path in (
        ("get", ""), ("patch", ""), ("delete", ""), ("get", "draft/"), ("put", "draft/"),
        ("post", "draft/discard/"), ("post", "validate/"), ("post", "wiring/"), ("post", "preview/"),
        ("post", "dry-run/"), ("post", "publish/"), ("post", "run/"), ("post", "duplicate/"),
        ("get", "versions/"), ("get", "versions/1/"), ("post", "versions/1/restore/"), ("get", "diff/"),
        ("get", "export/"), ("get", "hook/"), ("post", "hook/"),
        ("post", "hook/rotate/"), ("put", "hook/secret/"),
    ):  # fmt: skip
        foreign = getattr(client, method)(f"{FLOWS}{house.flow.id}/{path}", {})
        unknown = getattr(client, method)(f"{FLOWS}{uuid4()}/{path}", {})
        assert foreign.status_code == 404, (method, path)
        assert foreign.content == unknown.content, (method, path)
    assert client.get(FLOWS).json()["results"] == []


def test_a_stranger_is_401(api: Clients, db: None):
    answer = api(None).get(FLOWS)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_the_platform_sees_all_tenants(api: Clients, platform_admin: User, house: House, other_house: House):
    assert len(api(platform_admin).get(FLOWS).json()["results"]) == 2


def test_words_that_are_no_answer_and_numbers_for_texts_are_refused(editor: APIClient):
    asked, made = editor.get(f"{FLOWS}?is_enabled=zz"), editor.post(FLOWS, {"name": 5})
    assert (asked.status_code, asked.json()["field"]) == (400, "is_enabled")
    assert (made.status_code, made.json()["field"]) == (400, "name")
    assert made.json()["detail"] == "Send a text, in quotes."
