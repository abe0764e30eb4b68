"""Job runs tell of their life as executions do."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Actor
from flows.models import Event, Flow, Run
from jobs.services.launching import Launch, cancel_job_run, launch
from tests.jobs.conftest import MakeJob, over
from tests.support.life_cycle import everything, hook

pytestmark = pytest.mark.django_db


def told(kind: str = "job") -> list[str]:
    rows = Event.objects.filter(type__startswith="workflow_").order_by("id")
    return [event.type for event in rows if event.payload["kind"] == kind]


def test_a_job_run_that_succeeds_tells_three_things(make_job: MakeJob, owner: Actor):
    everything()
    over(launch(actor=owner, job=make_job()))
    assert told() == ["workflow_queued", "workflow_started", "workflow_succeeded"]


def test_the_run_of_its_flow_is_an_execution_of_its_own(make_job: MakeJob, owner: Actor, flow: Flow):
    hook("workflow_queued")
    job_run = launch(actor=owner, job=make_job())
    by_kind = {event.payload["kind"]: event for event in Event.objects.filter(type="workflow_queued")}
    assert by_kind["job"].payload["execution_id"] == str(job_run.id)
    assert by_kind["flow"].payload["execution_id"] == str(job_run.run_id)


def test_the_run_that_carries_out_a_command_is_told_as_the_job_alone(
    make_job: MakeJob, owner: Actor, command: object
):
    hook("workflow_queued")
    launch(actor=owner, job=make_job(kind="command", flow=None, command=command, parameters={"word": "hi"}))
    assert (told("job"), told("flow")) == (["workflow_queued"], [])


def test_a_failure_says_why_and_names_the_job(make_job: MakeJob, owner: Actor):
    hook("workflow_failed")
    job = make_job(parameters={"server": 4, "password": "hunter2hunter2"})
    over(launch(actor=owner, job=job), "failed", code="x", message="It broke.")
    (event,) = Event.objects.filter(type="workflow_failed")
    payload = event.payload
    assert payload["message"] == "'Nightly' workflow execution failed: It broke."
    assert (payload["blueprint_id"], payload["tenant_name"]) == (str(job.id), "Acme")
    assert (payload["deployment_id"], payload["arguments"]) == ("4", {"error": "It broke."})
    assert "hunter2" not in str(payload)
    assert event.tenant_id == job.tenant_id


def test_one_that_is_cancelled_before_its_time_was_never_started(make_job: MakeJob, owner: Actor):
    everything()
    later = Launch(at=datetime.now(UTC) + timedelta(hours=1))
    cancel_job_run(actor=owner, job_run=launch(actor=owner, job=make_job(), how=later))
    assert told() == ["workflow_queued", "workflow_cancelled"]


def test_while_nobody_listens_nothing_is_stored(make_job: MakeJob, owner: Actor):
    over(launch(actor=owner, job=make_job()))
    assert told() == []
    assert Run.objects.count() == 1
