"""The pages of jobs: making one, running it, and changing what follows."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from flows.models import Flow
from jobs.models import Command, Job, JobRun, Service
from jobs.services.follow_ups import follow_ups
from tests.jobs.conftest import MakeJob

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Nightly",
    "interval": "d",
    "zone": "UTC",
    "delay_seconds": 0,
    "max_attempts": 1,
    "backoff": "none",
    "min_gap_seconds": 0,
    "is_enabled": "on",
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_job_of_a_command_is_made_changed_and_deleted(tenant_admin: User, command: Command):
    client = signed_in(tenant_admin)
    sent = {**FORM, "kind": "command", "command": command.pk, "parameters": '{"word": "hello"}'}
    made = client.post("/jobs/new/", {**sent, "expected_exit_codes": "0, 3"})
    job = Job.objects.get()
    assert made["Location"] == f"/jobs/{job.id}/"
    assert (job.parameters, job.expected_exit_codes, job.interval) == ({"word": "hello"}, [0, 3], "d")
    assert "0, 3" in text(client, f"/jobs/{job.id}/edit/")
    client.post(f"/jobs/{job.id}/edit/", {**sent, "name": "Weekly", "interval": "w"})
    assert Job.objects.get().name == "Weekly"
    assert "Weekly" in text(client, "/jobs/")
    client.post(f"/jobs/{job.id}/delete/")
    assert "Weekly is deleted." in text(client, "/jobs/")
    assert "Weekly" not in text(client, "/jobs/")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"parameters": "{}"}, "is missing"),
        ({"parameters": "nonsense"}, "JSON"),
        ({"interval": "c", "cron": "soon"}, "no cron line"),
        ({"expected_exit_codes": "ok"}, "whole numbers"),
        ({"command": ""}, "may not use that command"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(
    tenant_admin: User, command: Command, change: dict[str, Any], said: str
):
    sent = {**FORM, "kind": "command", "command": command.pk, "parameters": '{"word": "hello"}', **change}
    answer = signed_in(tenant_admin).post("/jobs/new/", sent)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Job.objects.exists()


def test_a_run_by_hand_leads_to_its_page_with_who_and_why(flow_editor: User, make_job: MakeJob):
    client, job = signed_in(flow_editor), make_job()
    answer = client.post(f"/jobs/{job.id}/launch/", {"reason": "Trying", "parameters": ""})
    job_run = JobRun.objects.get()
    assert answer["Location"] == f"/job-runs/{job_run.id}/"
    shown = text(client, answer["Location"])
    assert "editor" in shown
    assert "Trying" in shown
    assert f'data-run-id="{job_run.run_id}"' in shown
    assert "Trying" in text(client, f"/jobs/{job.id}/")


def test_a_run_is_cancelled_from_its_page(flow_editor: User, make_job: MakeJob):
    client, job = signed_in(flow_editor), make_job()
    client.post(f"/jobs/{job.id}/launch/", {})
    job_run = JobRun.objects.get()
    client.post(f"/job-runs/{job_run.id}/cancel/")
    answer = client.post(f"/job-runs/{job_run.id}/cancel/", follow=True)
    assert answer.status_code == 200


def test_a_job_that_is_off_says_so_when_it_is_launched(flow_editor: User, make_job: MakeJob):
    client, job = signed_in(flow_editor), make_job()
    client.post(f"/jobs/{job.id}/switch/", {"on": "0"})
    answer = client.post(f"/jobs/{job.id}/launch/", {})
    assert "switched off" in answer.content.decode()
    assert not JobRun.objects.exists()


def test_what_follows_is_added_moved_and_removed(flow_editor: User, make_job: MakeJob):
    client, job = signed_in(flow_editor), make_job()
    url = f"/jobs/{job.id}/on/failure/"
    for change in (("add", "sleep"), ("add", "log-line"), ("up", "a2")):
        client.post(url, {"do": change[0], "entry": change[1]})
    job.refresh_from_db()
    assert [entry.type for entry in follow_ups(job, "failure").actions] == ["log-line", "sleep"]
    assert "Not in force yet" in text(client, f"/jobs/{job.id}/")
    client.post(url, {"do": "remove", "entry": "a2"})
    job.refresh_from_db()
    assert follow_ups(job, "failure").is_in_force
    assert client.post(url, {"do": "explode"}).status_code == 400


def test_a_viewer_sees_jobs_and_no_button(viewer: User, make_job: MakeJob):
    client, job = signed_in(viewer), make_job()
    shown = text(client, f"/jobs/{job.id}/")
    assert "Run now" not in shown
    assert "Delete" not in shown
    assert client.get("/jobs/new/").status_code == 403


def test_the_platform_approves_a_command_and_jobs_keep_it(
    platform_admin: User, make_job: MakeJob, flow: Flow
):
    client = signed_in(platform_admin)
    limits = {
        "timeout_seconds": 10, "cpu_seconds": 5, "memory_mb": 64, "processes": 8, "file_mb": 4, "open_files": 32,
    }  # fmt: skip
    sent = {
        "name": "List",
        "executable": "/usr/bin/ls",
        "audience": "everyone",
        "environment": "A\nB",
        **limits,
    }
    client.post("/commands/new/", {**sent, "slots": '[{"name": "folder"}]', "is_enabled": "on"})
    command = Command.objects.get()
    assert (command.environment, command.memory_mb, command.slots[0]["name"]) == (["A", "B"], 64, "folder")
    assert "/usr/bin/ls" in text(client, "/commands/")
    assert "folder" in text(client, f"/commands/{command.pk}/")
    make_job(kind="command", command=command, flow=None)
    refused = client.post(f"/commands/{command.pk}/delete/", follow=True)
    assert "Switch it off instead" in refused.content.decode()


def test_the_platform_says_which_services_may_be_stopped(platform_admin: User, command: Command):
    client = signed_in(platform_admin)
    assert "No service may be stopped yet" in text(client, "/services/")
    call = {"stop_command": command.pk, "status_command": command.pk}
    sent = {"name": "Web", "audience": "platform", "running_codes": "0", "stopped_codes": "3, 4", **call}
    word = '{"word": "x"}'
    refused = client.post("/services/new/", {**sent, "stop_parameters": word})
    assert "is missing" in refused.content.decode()
    client.post("/services/new/", {**sent, "stop_parameters": word, "status_parameters": word})
    service = Service.objects.get()
    assert (service.stop_parameters, service.stopped_codes) == ({"word": "x"}, [3, 4])
    assert service.force_command is None
    page = text(client, f"/services/{service.pk}/")
    assert "3, 4" in page
    assert "&quot;word&quot;" in page
    changed = {**sent, "name": "Shop", "stop_parameters": word, "status_parameters": word}
    client.post(
        f"/services/{service.pk}/", {**changed, "force_command": command.pk, "force_parameters": word}
    )
    assert "Shop" in text(client, "/services/")
    assert "then Echo" in text(client, "/services/")
    assert (
        "may be stopped no more"
        in client.post(f"/services/{service.pk}/delete/", follow=True).content.decode()
    )
    assert not Service.objects.exists()
