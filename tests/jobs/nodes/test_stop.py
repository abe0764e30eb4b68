"""Stop."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant
from flows.sdk import Emit, NodeError, Suspend, Wake
from flows.sdk.testing import FakeContext, resume_node, run_node
from jobs.models import Job, JobRun
from jobs.nodes.stop import Stop
from jobs.services.jobs import change_job
from jobs.services.launching import launch
from tests.jobs.conftest import MakeJob

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job_run(make_job: MakeJob, owner: Actor) -> JobRun:
    return launch(actor=owner, job=make_job())


def stopped(ctx: FakeContext, **config: Any) -> Any:
    return run_node(Stop, config, {"a": 1}, context=ctx)


def test_a_schedule_is_switched_off_and_the_trail_keeps_it(ctx: FakeContext, make_job: MakeJob):
    job = make_job(interval="d")
    assert stopped(ctx, target="schedule", job=str(job.id)) == Emit("out", {"a": 1})
    job.refresh_from_db()
    assert (job.interval, job.next_at, job.is_enabled) == ("n", None, True)
    entry = AuditEntry.objects.filter(target="job", verb="updated").get()
    assert entry.changes == {"interval": ["d", "n"]}


def test_a_job_run_is_stopped_and_waited_for(ctx: FakeContext, job_run: JobRun):
    config = {"target": "job_run", "identifier": str(job_run.id), "timeout": "5s"}
    wait = stopped(ctx, **config)
    assert isinstance(wait, Suspend)
    JobRun.objects.update(state="cancelled", ended_at=datetime.now(UTC))
    wake = Wake(wait.detail, ctx.clock.now())
    assert resume_node(Stop, config, wake, {"a": 1}, context=ctx) == Emit("out", {"a": 1})


def test_what_goes_on_past_the_time_fails(ctx: FakeContext, job_run: JobRun):
    config = {"target": "job_run", "identifier": str(job_run.id), "timeout": "5s"}
    wait = stopped(ctx, **config)
    ctx.clock.advance(16)
    with pytest.raises(NodeError) as caught:
        resume_node(Stop, config, Wake(wait.detail, ctx.clock.now()), {}, context=ctx)
    assert caught.value.code == "goes_on"


@pytest.mark.parametrize(
    ("how", "seconds"), [("graceful", None), ("graceful_then_forced", 20), ("forced", None)]
)
@pytest.mark.parametrize("target", ["job_run", "process"])
def test_how_a_command_is_ended_is_chosen(
    ctx: FakeContext, job_run: JobRun, target: str, how: str, seconds: int | None
):
    JobRun.objects.update(pid=4711)
    identifier = "4711" if target == "process" else str(job_run.id)
    before = datetime.now(UTC)
    stopped(ctx, target=target, identifier=identifier, how=how, force_after="20s")
    job_run.refresh_from_db()
    assert job_run.stop_how == how
    wait = None if job_run.force_at is None else round((job_run.force_at - before).total_seconds())
    assert wait == seconds
    assert AuditEntry.objects.filter(verb="cancelled", target="job_run").get().changes == {"how": how}


def test_what_is_over_already_counts_as_stopped(ctx: FakeContext, job_run: JobRun):
    JobRun.objects.update(state="failed", ended_at=datetime.now(UTC))
    assert stopped(ctx, target="job_run", identifier=str(job_run.id)).port == "out"


def test_a_run_of_a_flow_is_stopped(ctx: FakeContext, job_run: JobRun):
    assert stopped(ctx, target="flow_run", identifier=str(job_run.run_id)).port == "out"
    job_run.run.refresh_from_db()
    assert job_run.run.status == "cancelled"


def test_only_a_process_of_a_job_run_at_work_is_stopped(
    ctx: FakeContext, job_run: JobRun, other_tenant: Tenant
):
    JobRun.objects.update(pid=4711)
    for identifier, step in (("1", ctx), ("x", ctx), ("4711", replace(ctx, owner_id=other_tenant.pk))):
        with pytest.raises(NodeError) as caught:
            stopped(step, target="process", identifier=identifier)
        assert (caught.value.code, caught.value.field) == ("not_ours", "identifier")
    assert isinstance(stopped(ctx, target="process", identifier="4711"), Suspend)


def test_where_a_person_has_to_confirm_nothing_is_stopped(ctx: FakeContext, make_job: MakeJob):
    job = make_job(interval="d")
    wait = stopped(ctx, target="schedule", job=job.name, confirm=True)
    assert isinstance(wait, Suspend)
    assert (wait.reason, wait.review.title) == ("review", f"Stop {job.name}?")
    assert Job.objects.get().interval == "d"


@pytest.mark.parametrize("port", ["cancelled", "expired"])
def test_what_nobody_confirms_fails_the_step_and_is_not_stopped(
    ctx: FakeContext, make_job: MakeJob, port: str
):
    config = {"target": "schedule", "job": make_job(interval="d").name, "confirm": True}
    wake = Wake({}, ctx.clock.now(), port, {"by": "Ana", "message": "Not tonight."})
    with pytest.raises(NodeError) as caught:
        resume_node(Stop, config, wake, {}, context=ctx)
    assert (caught.value.code, caught.value.hint) == ("not_confirmed", "Not tonight.")
    assert caught.value.message.startswith("Ana did not confirm")
    assert Job.objects.get().interval == "d"


def test_what_a_person_confirms_is_stopped(ctx: FakeContext, job_run: JobRun):
    config = {"target": "job_run", "identifier": str(job_run.id), "confirm": True}
    wait = resume_node(Stop, config, Wake({}, ctx.clock.now(), "continued", {}), {"a": 1}, context=ctx)
    assert (wait.reason, wait.review) == ("stopping", None)


@pytest.mark.parametrize("target", ["job_run", "flow_run"])
def test_another_tenants_run_is_unknown(ctx: FakeContext, job_run: JobRun, other_tenant: Tenant, target: str):
    identifier = str(job_run.id if target == "job_run" else job_run.run_id)
    with pytest.raises(NodeError) as caught:
        stopped(replace(ctx, owner_id=other_tenant.pk), target=target, identifier=identifier)
    assert caught.value.code == "unknown_run"


def test_a_run_does_not_stop_itself(ctx: FakeContext, job_run: JobRun):
    with pytest.raises(NodeError) as caught:
        stopped(replace(ctx, run_id=str(job_run.run_id)), target="flow_run", identifier=str(job_run.run_id))
    assert caught.value.code == "own_run"


def test_a_database_that_is_away_for_a_moment_is_waited_for(
    ctx: FakeContext, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
):
    job, tries = make_job(interval="d"), []

    def away(*args: Any, **options: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("away")
        return change_job(*args, **options)

    monkeypatch.setattr("jobs.nodes.stop.change_job", away)
    assert stopped(ctx, target="schedule", job=str(job.id)).port == "out"
    assert Job.objects.get().interval == "n"


def test_the_form_asks_how_long_to_wait_where_force_may_come() -> None:
    fields = Stop.Config.model_json_schema()["properties"]
    assert fields["force_after"]["x-ui"]["dependsOn"] == {
        "how": ["graceful_then_forced"],
        "target": ["service", "job_run", "process"],
    }
