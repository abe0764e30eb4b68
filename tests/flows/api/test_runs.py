"""Runs over the API: lists, steps, logs, and what people decide."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from flows.models import Hook, LogLine, QueueEntry, Run, Step
from tests.flows.api.conftest import Clients
from tests.flows.pages.conftest import NOW, House, furnished, published
from tests.support.flows import line
from tests.support.flows import published as drawn

RUNS = "/api/v1/runs/"
CHANGES = ("cancel/", "retry/", "resume/", "decide/", "continue/")


def test_a_run_says_all_that_a_list_shows(editor: APIClient, house: House):
    (run,) = editor.get(RUNS).json()["results"]
    assert run["flow_name"] == "Welcome"
    assert (run["version"], run["status"], run["event_type"]) == (1, "failed", "server.created")
    assert run["error"]["code"] == "boom"
    assert run["duration_ms"] == 0
    assert editor.get(f"{RUNS}{house.run.id}/").json() == {**run, "wait": None, "causes": []}


def test_the_list_is_narrowed(editor: APIClient, tenant_admin: User, house: House):
    long_ago = NOW - timedelta(days=2)
    other = furnished(published(tenant_admin, "Other"), "waiting", at=long_ago)
    day_ago = (NOW - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    expected = {
        f"flow={house.flow.id}": [house.run.id],
        "status=waiting": [other.run.id],
        "event_type=server.created": [house.run.id, other.run.id],
        "event_type=server.start": [],
        f"event={other.event.id}": [other.run.id],
        "q=other": [other.run.id],
        f"q={other.event.id}": [other.run.id],
        f"since={day_ago}": [house.run.id],
        f"until={day_ago}": [other.run.id],
    }
    for query, ids in expected.items():
        found = [run["id"] for run in editor.get(f"{RUNS}?{query}").json()["results"]]
        assert found == [str(run_id) for run_id in ids], query


@pytest.mark.parametrize(
    "query",
    ["flow=x", "status=lost", "since=yesterday", "event=1", "page_size=0", "cursor=x", "event_type=%00"],
)
def test_a_bad_filter_is_400(editor: APIClient, house: House, query: str):
    assert editor.get(f"{RUNS}?{query}").status_code == 400


def test_the_list_costs_the_same_for_one_run_and_for_many(editor: APIClient, house: House):
    with CaptureQueriesContext(connection) as one:
        editor.get(RUNS)
    for _ in range(5):
        furnished(house.flow)
    with CaptureQueriesContext(connection) as many:
        assert len(editor.get(RUNS).json()["results"]) == 6
    assert len(many) == len(one) <= 4, [query["sql"] for query in many]
    assert not any('"payload"' in query["sql"] or '"document"' in query["sql"] for query in many)


def test_the_list_of_events_costs_the_same_and_reads_no_payload(editor: APIClient, house: House):
    for _ in range(5):
        furnished(house.flow)
    with CaptureQueriesContext(connection) as many:
        assert len(editor.get("/api/v1/events/").json()["results"]) == 6
    assert len(many) <= 4
    assert not any('"payload"' in query["sql"] for query in many)


def test_steps_show_input_and_output(editor: APIClient, house: House):
    found = editor.get(f"{RUNS}{house.run.id}/steps/").json()
    trigger, step = found["results"]
    assert (trigger["node"], trigger["output"]) == ("t", {"hostname": "secret-host"})
    assert (step["node"], step["node_name"], step["node_type"], step["port"]) == (
        "f",
        "Big?",
        "filter",
        "true",
    )
    assert step["input"] == step["output"] == {"hostname": "secret-host"}
    assert found["document"]["format"] == "hookflow/flow"


def test_logs_are_read_on_from_a_place_by_level_and_text(editor: APIClient, house: House):
    for seq, level, text in ((3, 30, "slow"), (4, 40, "broke"), (5, 10, "detail")):
        LogLine.objects.create(run=house.run, seq=seq, at=NOW, level=level, node_id="f", text=text)
    expected = {
        "": ["compared", "slow", "broke", "detail"],
        "?after=3": ["broke", "detail"],
        "?level=warning": ["slow", "broke"],
        "?q=BROK": ["broke"],
        "?after=99": [],
    }
    for query, texts in expected.items():
        answer = editor.get(f"{RUNS}{house.run.id}/logs/{query}").json()
        assert [entry["text"] for entry in answer["results"]] == texts, query
        assert answer["next"] is None
    for query in ("?after=-1", "?after=x", "?after=" + "9" * 30, "?level=loud", "?after=٣"):
        assert editor.get(f"{RUNS}{house.run.id}/logs/{query}").status_code == 400, query


def test_the_log_is_downloaded_as_text(editor: APIClient, house: House):
    answer = editor.get(f"{RUNS}{house.run.id}/logs/download/")
    assert answer["Content-Type"].startswith("text/plain")
    assert "attachment" in answer["Content-Disposition"]
    assert b"compared" in answer.content


def test_an_open_run_is_cancelled_once(editor: APIClient, house: House):
    waiting = furnished(house.flow, "waiting").run
    answer = editor.post(f"{RUNS}{waiting.id}/cancel/")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert answer.json()["error"] == {"code": "cancelled", "message": "editor cancelled the run."}
    again = editor.post(f"{RUNS}{waiting.id}/cancel/")
    assert (again.status_code, again.json()["code"]) == (409, "run_is_over")
    assert AuditEntry.objects.filter(verb="cancelled", target_id=str(waiting.id)).count() == 1


@pytest.mark.parametrize("version", ["same", "newest"])
def test_a_finished_run_is_retried_from_the_start(
    editor: APIClient, house: House, draft_of: Any, version: str
):
    _, tag = draft_of(house.flow.id)
    editor.post(f"/api/v1/flows/{house.flow.id}/publish/", {}, headers={"If-Match": tag})
    answer = editor.post(f"{RUNS}{house.run.id}/retry/", {"version": version})
    again = answer.json()
    assert answer.status_code == 202
    assert (again["retried_from"], again["status"], again["is_resumed"]) == (
        str(house.run.id),
        "queued",
        False,
    )
    assert again["version"] == {"same": 1, "newest": 2}[version]
    assert again["event"] == str(house.event.id)


def test_an_open_run_is_not_retried_and_a_bad_version_is_400(editor: APIClient, house: House):
    waiting = furnished(house.flow, "waiting").run
    answer = editor.post(f"{RUNS}{waiting.id}/retry/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "run_is_open")
    assert editor.post(f"{RUNS}{house.run.id}/retry/", {"version": "1"}).status_code == 400


def test_a_failed_run_is_resumed_once(editor: APIClient, house: House):
    refused = editor.post(f"{RUNS}{house.run.id}/resume/")
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot_resume")
    Run.objects.filter(id=house.run.id).update(last_cursor={"pending": ["f"], "attempts": 3})
    answer = editor.post(f"{RUNS}{house.run.id}/resume/")
    assert (answer.status_code, answer.json()["is_resumed"]) == (202, True)
    again = editor.post(f"{RUNS}{house.run.id}/resume/")
    assert (again.status_code, again.json()["code"]) == (409, "resumed_already")


def test_an_interrupted_step_is_decided_once(editor: APIClient, house: House):
    waiting = furnished(house.flow, "waiting").run
    url = f"{RUNS}{waiting.id}/decide/"
    body = {"node": "f", "decision": "skip"}
    early = editor.post(url, body)
    assert (early.status_code, early.json()["code"]) == (409, "not_interrupted")
    Step.objects.filter(run=waiting).update(status="interrupted")
    QueueEntry.objects.filter(run=waiting).update(cursor={"pending": ["f"], "intent": "f"}, due_ms=None)
    assert editor.post(url, {**body, "node": "x"}).status_code == 409
    assert editor.post(url, {**body, "decision": "maybe"}).status_code == 400
    assert editor.post(url, body).status_code == 200
    entry = QueueEntry.objects.get(run=waiting)
    assert entry.cursor["verdict"] == "skip"
    assert entry.due_ms is not None
    assert editor.post(url, body).status_code == 409


def test_a_step_that_waits_is_continued_once(editor: APIClient, house: House):
    waiting = furnished(house.flow, "waiting").run
    url = f"{RUNS}{waiting.id}/continue/"
    wait = {"node": "f", "port": "out", "reason": "sleep", "answers": ["out"], "countdown": True}
    QueueEntry.objects.filter(run=waiting).update(cursor={"pending": ["f"], "suspension": wait}, owner="")
    shown = editor.get(f"{RUNS}{waiting.id}/").json()["wait"]
    assert (shown["node"], shown["answers"], shown["countdown"]) == ("f", ["out"], True)
    assert editor.get(f"{RUNS}{house.run.id}/").json()["wait"] is None
    assert editor.post(url, {"node": "f", "port": "sideways"}).status_code == 409
    assert editor.post(url, {"node": "f"}).status_code == 200
    again = editor.post(url, {"node": "f"})
    assert (again.status_code, again.json()["code"]) == (409, "answered_already")
    assert again.json()["detail"] == "editor let the run go on before its time."


def test_an_event_shows_what_it_started(editor: APIClient, house: House):
    found = editor.get(f"/api/v1/events/{house.event.id}/").json()
    assert found["payload"] == {"hostname": "secret-host"}
    assert found["outcomes"] == [
        {
            "flow": str(house.flow.id),
            "flow_name": "Welcome",
            "result": "started",
            "run": str(house.run.id),
            "subject": "",
            "message": "",
        }
    ]


def test_events_are_narrowed(editor: APIClient, house: House):
    for query, amount in (
        ("type=server.created", 1), ("type=x", 0), ("source=api", 1), ("q=secret-h", 1), ("q=nope", 0),
        ("q=SERVER.cr", 1),
    ):  # fmt: skip
        assert len(editor.get(f"/api/v1/events/?{query}").json()["results"]) == amount, query


def test_a_viewer_reads_runs_and_decides_nothing(api: Clients, viewer: User, house: House):
    client, url = api(viewer), f"{RUNS}{house.run.id}/"
    for path in ("", "steps/", "logs/", "logs/download/"):
        assert client.get(url + path).status_code == 200, path
    for path in CHANGES:
        answer = client.post(url + path, {})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), path
    assert Run.objects.count() == 1


def test_an_outsider_gets_what_unknown_ids_get(api: Clients, outsider_admin: User, house: House):
    client = api(outsider_admin)
    reads = [("get", path) for path in ("", "steps/", "logs/", "logs/download/")]
    for method, path in reads + [("post", path) for path in CHANGES]:
        foreign = getattr(client, method)(f"{RUNS}{house.run.id}/{path}", {"node": "f", "decision": "skip"})
        unknown = getattr(client, method)(f"{RUNS}{uuid4()}/{path}", {"node": "f", "decision": "skip"})
        assert foreign.status_code == 404, (method, path)
        assert foreign.content == unknown.content, (method, path)
    foreign, unknown = (client.get(f"/api/v1/events/{one}/") for one in (house.event.id, uuid4()))
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    for url in (RUNS, "/api/v1/events/", f"{RUNS}?flow={house.flow.id}", "/api/v1/events/?q=secret"):
        assert client.get(url).json()["results"] == []


def test_a_platform_run_of_a_tenants_event_is_the_tenants(
    api: Clients, editor: APIClient, platform_admin: User, house: House, other_house: House
):
    assert len(api(platform_admin).get(RUNS).json()["results"]) == 2
    assert len(editor.get(RUNS).json()["results"]) == 1


@pytest.mark.usefixtures("encryption_key")
def test_the_webhook_shows_its_secret_once(editor: APIClient, flow_editor: User):
    trigger = ("t", "inbound-webhook", {"auth": "hmac", "header": "X-S", "prefix": "sha256="})
    flow = drawn(line(trigger, ("s", "sleep", {"duration": "5s"})), Actor.of_user(flow_editor))
    url = f"/api/v1/flows/{flow.id}/hook/"
    Hook.objects.all().delete()
    assert editor.get(url).json()["url"] is None
    assert not Hook.objects.exists()
    first = editor.post(url).json()
    assert first == editor.post(url).json() == editor.get(url).json()
    assert first["url"].endswith(f"/hooks/{Hook.objects.get().key}/")
    assert (first["auth"], first["header"], first["has_secret"]) == ("hmac", "X-S", False)
    secret = editor.post(f"{url}rotate/").json()["secret"]
    second = editor.get(url)
    assert second.json()["has_secret"] is True
    assert secret not in second.content.decode()
    assert secret not in Hook.objects.get().secret
    assert editor.post(f"{url}rotate/").json()["secret"] != secret


@pytest.mark.usefixtures("staged_credential")
def test_a_test_run_is_started_and_shown_as_one(api: Clients, tenant_admin: User):
    asking, actor = api(tenant_admin), Actor.of_user(tenant_admin)
    flow = drawn(line(("t", "manual", {}), ("c", "call", {"credential": "shop"})), actor)
    begun = asking.post(f"/api/v1/flows/{flow.id}/run/", {"is_test": True}, format="json").json()
    assert asking.get(f"/api/v1/runs/{begun['run']}/").json()["is_test"] is True
