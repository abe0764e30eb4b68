"""Jobs, their runs and approved commands over the API."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Tenant, User
from flows.models import Flow, LogLine
from jobs.models import Command, Job, JobRun
from tests.flows.api.conftest import Clients
from tests.jobs.conftest import MakeJob

pytestmark = pytest.mark.django_db
JOBS, RUNS, COMMANDS = "/api/v1/jobs/", "/api/v1/job-runs/", "/api/v1/commands/"
SERVICES = "/api/v1/services/"


def made(client: APIClient, flow: Flow, **more: Any) -> dict[str, Any]:
    answer = client.post(JOBS, {"name": "Nightly", "kind": "flow", "flow": str(flow.id), **more})
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_a_job_is_made_read_changed_and_taken_away(editor: APIClient, flow: Flow):
    job = made(editor, flow, interval="d", zone="Europe/Prague")
    assert (job["interval"], job["is_enabled"]) == ("d", True)
    assert job["next_at"] is not None
    url = f"{JOBS}{job['id']}/"
    assert editor.get(url).json() == job
    changed = editor.patch(url, {"interval": "c", "cron": "0 3 * * *"}).json()
    assert (changed["cron"], changed["zone"]) == ("0 3 * * *", "Europe/Prague")
    [row] = editor.get(f"{JOBS}?q=night").json()["results"]
    assert row["id"] == job["id"]
    assert editor.delete(url).status_code == 204
    assert editor.get(url).status_code == 404
    verbs = AuditEntry.objects.filter(target="job", target_id=job["id"]).order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["created", "updated", "deleted"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " "}, "name"),
        ({"interval": "c", "cron": "soon"}, "cron"),
        ({"zone": "Mars"}, "zone"),
        ({"flow": str(uuid4())}, "flow"),
        ({"colour": "red"}, "colour"),
        ({"parameters": []}, "parameters"),
        ({"expected_exit_codes": ["x"]}, "expected_exit_codes"),
    ],
)
def test_a_job_that_cannot_be_meant_is_refused_at_its_field(
    editor: APIClient, flow: Flow, body: dict[str, Any], field: str
):
    answer = editor.post(JOBS, {"name": "Nightly", "kind": "flow", "flow": str(flow.id), **body})
    assert answer.status_code == 400, answer.content
    assert field in str(answer.json())
    assert not Job.objects.exists()


def test_a_launch_runs_once_for_a_key_and_says_who_and_why(editor: APIClient, flow: Flow):
    url = f"{JOBS}{made(editor, flow)['id']}/launch/"
    body = {"reason": "Trying", "parameters": {"x": 1}}
    first = editor.post(url, body, headers={"Idempotency-Key": "k1"})
    again = editor.post(url, body, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (202, 202)
    run = first.json()
    assert again.json()["id"] == run["id"]
    assert (run["launched_by"], run["reason"], run["schedule_type"]) == ("editor", "Trying", "adhoc-api")
    assert run["parameters"] == {"x": 1}
    assert JobRun.objects.count() == 1
    [listed] = editor.get(f"{RUNS}?job={run['job']}").json()["results"]
    assert listed["id"] == run["id"]


def test_a_job_run_is_cancelled_once(editor: APIClient, flow: Flow):
    job = made(editor, flow)
    run = editor.post(f"{JOBS}{job['id']}/launch/", {"at": "2040-01-01T00:00:00Z"}).json()
    assert run["state"] == "waiting"
    url = f"{RUNS}{run['id']}/cancel/"
    assert editor.post(url).json()["state"] == "cancelled"
    again = editor.post(url)
    assert (again.status_code, again.json()["code"]) == (409, "run_is_over")


def test_output_is_read_on_from_a_place(editor: APIClient, flow: Flow):
    run = editor.post(f"{JOBS}{made(editor, flow)['id']}/launch/", {}).json()
    stored = JobRun.objects.get(id=run["id"])
    for seq, level, text in ((1, "STDOUT", "one"), (2, "INFO", "not output"), (3, "STDERR", "two")):
        LogLine.objects.create(
            run_id=stored.run_id, seq=seq, at=stored.created_at, level=LogLine.Level[level], text=text
        )
    url = f"{RUNS}{run['id']}/output/"
    found = editor.get(url).json()
    assert [(line["stream"], line["text"]) for line in found["results"]] == [
        ("stdout", "one"),
        ("stderr", "two"),
    ]
    assert found["next"] is None
    assert [line["text"] for line in editor.get(f"{url}?after=1").json()["results"]] == ["two"]
    assert editor.get(f"{url}?after=x").status_code == 400


def test_a_viewer_looks_and_sees_no_environment(api: Clients, viewer: User, make_job: MakeJob):
    job = make_job()
    job.environment, job.input = {"GREETING": "secret"}, "secret"
    job.save()
    client = api(viewer)
    shown = client.get(f"{JOBS}{job.id}/")
    assert (shown.json()["environment"], shown.json()["input"]) == (None, None)
    assert b"secret" not in shown.content
    for method, path in (("patch", ""), ("delete", ""), ("post", "launch/"), ("put", "follow-ups/success/")):
        assert getattr(client, method)(f"{JOBS}{job.id}/{path}", {}).status_code == 403, path


def test_another_tenant_finds_nothing(api: Clients, outsider_admin: User, editor: APIClient, flow: Flow):
    job = made(editor, flow)
    run = editor.post(f"{JOBS}{job['id']}/launch/", {}).json()
    client = api(outsider_admin)
    assert client.get(JOBS).json()["results"] == client.get(RUNS).json()["results"] == []
    for url in (f"{JOBS}{job['id']}/", f"{RUNS}{run['id']}/", f"{RUNS}{run['id']}/output/"):
        assert client.get(url).status_code == 404
    assert client.post(f"{JOBS}{job['id']}/launch/", {}).status_code == 404
    foreign = client.post(JOBS, {"name": "Mine", "kind": "flow", "flow": str(flow.id)})
    assert (foreign.status_code, Job.objects.count()) == (400, 1)


def test_only_the_platform_chooses_an_owner(
    editor: APIClient, api: Clients, platform_admin: User, other_tenant: Tenant, flow: Flow
):
    answer = editor.post(JOBS, {"name": "A", "kind": "flow", "flow": str(flow.id), "tenant": other_tenant.pk})
    assert answer.status_code in (400, 403)
    body = {"name": "A", "kind": "flow", "flow": str(flow.id), "tenant": flow.tenant_id}
    assert api(platform_admin).post(JOBS, body).json()["tenant"] == flow.tenant_id


def test_the_platform_approves_commands_and_others_see_what_they_may_use(
    api: Clients, platform_admin: User, editor: APIClient, command: Command
):
    client = api(platform_admin)
    body = {"name": "List", "executable": "/usr/bin/ls", "slots": [{"name": "folder"}]}
    answer = client.post(COMMANDS, body)
    assert (answer.status_code, answer.json()["audience"]) == (201, "platform")
    assert [row["name"] for row in editor.get(COMMANDS).json()["results"]] == ["Echo"]
    shown = editor.get(f"{COMMANDS}{command.pk}/").json()
    assert (shown["slots"][0]["name"], shown["executable"]) == ("word", "")
    assert editor.get(f"{COMMANDS}{answer.json()['id']}/").status_code == 404
    assert editor.post(COMMANDS, body).status_code == 403
    bad = client.patch(f"{COMMANDS}{command.pk}/", {"executable": "sh -c"})
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_path")


def test_the_platform_approves_services_and_others_see_what_they_may_stop(
    api: Clients, platform_admin: User, editor: APIClient, command: Command
):
    client = api(platform_admin)
    call = {"stop_command": command.pk, "status_command": command.pk}
    word = {"word": "x"}
    body = {"name": "Web", **call, "stop_parameters": word, "status_parameters": word}
    answer = client.post(SERVICES, body)
    assert (answer.status_code, answer.json()["stopped_codes"]) == (201, [3])
    service = f"{SERVICES}{answer.json()['id']}/"
    assert editor.get(service).status_code == 404
    assert client.patch(service, {"audience": "everyone", "force_command": None}).status_code == 200
    shown = editor.get(service).json()
    assert (shown["name"], shown["stop_parameters"]) == ("Web", {})
    assert editor.patch(service, {"name": "Mine"}).status_code == 403
    bad = client.patch(service, {"running_codes": [3]})
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_exit_codes")
    assert client.delete(service).status_code == 204


def test_a_list_of_what_follows_is_set_and_read(editor: APIClient, flow: Flow):
    url = f"{JOBS}{made(editor, flow)['id']}/follow-ups/failure/"
    assert editor.get(url).json()["actions"] == []
    body = {
        "actions": [
            {"type": "sleep", "config": {"duration": "1s"}},
            {"type": "log-line", "config": {"text": "x"}},
        ]
    }
    answer = editor.put(url, body)
    assert answer.status_code == 200, answer.content
    assert [entry["type"] for entry in answer.json()["actions"]] == ["sleep", "log-line"]
    assert answer.json()["is_in_force"] is True
    assert editor.get(url).json() == answer.json()
    bad = editor.put(url, {"actions": [{"type": "filter"}]})
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_action")
    assert editor.get(url.replace("failure", "sideways")).status_code == 400


def test_the_platform_sets_what_actions_leave_open(api: Clients, platform_admin: User, editor: APIClient):
    url, client = "/api/v1/action-settings/log-line/", api(platform_admin)
    assert client.get(url).json() == {"config": {}}
    assert client.put(url, {"config": {"level": "error"}}).json() == {"config": {"level": "error"}}
    assert client.get(url).json() == {"config": {"level": "error"}}
    bad = client.put(url, {"config": {"colour": "red"}})
    assert (bad.status_code, bad.json()["code"]) == (400, "unknown_setting")
    assert client.get("/api/v1/action-settings/none/").status_code == 404
    assert (editor.get(url).status_code, editor.put(url, {"config": {}}).status_code) == (403, 403)
