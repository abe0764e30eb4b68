"""Launch job."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from accounts.models import Tenant
from flows.models import Flow, Run
from flows.sdk import Emit, NodeError, Suspend, Wake
from flows.sdk.testing import FakeContext, configured, resume_node, run_node
from jobs.models import Command, Job, JobRun
from jobs.nodes.launch_job import LaunchJob
from tests.jobs.conftest import MakeJob

pytestmark = pytest.mark.django_db
ECHO = {"kind": "command", "targets": ["Echo"], "parameters": {"word": "hi"}}


def ended(state: str = "succeeded", **values: Any) -> None:
    JobRun.objects.update(state=state, ended_at=datetime.now(UTC), **values)


def woken(ctx: FakeContext, config: dict[str, Any], wait: Suspend) -> Any:
    return resume_node(LaunchJob, config, Wake(wait.detail, ctx.clock.now()), {}, context=ctx)


def test_a_job_is_launched_once_however_often_the_step_is_repeated(ctx: FakeContext, make_job: MakeJob):
    job = make_job()
    for _ in range(2):
        answer = run_node(LaunchJob, {"targets": "Nightly", "wait": False}, {}, context=ctx)
    job_run = JobRun.objects.get()
    assert (job_run.job_id, job_run.schedule_type, job_run.reason) == (
        job.id,
        "chained",
        "Launched by a flow",
    )
    [told] = answer.record["launched"]
    assert (answer.port, told["id"], told["name"]) == ("out", str(job_run.id), "Nightly")


def test_waiting_is_a_row_and_ends_when_all_have_ended(ctx: FakeContext, make_job: MakeJob):
    make_job()
    make_job(name="Other")
    config = {"targets": ["Nightly", "Other"]}
    wait = run_node(LaunchJob, config, {}, context=ctx)
    assert (wait.on_time, JobRun.objects.count()) == (None, 2)
    JobRun.objects.filter(job__name="Other").update(state="succeeded")
    still = woken(ctx, config, wait)
    assert isinstance(still, Suspend)
    assert still.detail == wait.detail
    ended()
    answer = woken(ctx, config, wait)
    assert answer.port == "out"
    assert [entry["ok"] for entry in answer.record["launched"]] == [True, True]


@pytest.mark.parametrize(
    ("state", "exit_code", "config", "port"),
    [
        ("succeeded", 0, {}, "out"),
        ("failed", 1, {}, "failed"),
        ("cancelled", None, {}, "failed"),
        ("failed", 3, {"exit_codes": [0, 3]}, "out"),
        ("succeeded", 0, {"exit_codes": [3]}, "failed"),
        ("succeeded", 0, {"output_matches": "done"}, "failed"),
    ],
)
def test_what_counts_as_success_decides_the_port(
    ctx: FakeContext, make_job: MakeJob, state: str, exit_code: int | None, config: dict[str, Any], port: str
):
    make_job()
    config = {"targets": "Nightly", **config}
    wait = run_node(LaunchJob, config, {}, context=ctx)
    ended(state, exit_code=exit_code)
    assert woken(ctx, config, wait).port == port


def test_what_takes_too_long_fails_and_is_stopped(ctx: FakeContext, make_job: MakeJob):
    make_job()
    config = {"targets": "Nightly", "timeout": "10s"}
    wait = run_node(LaunchJob, config, {}, context=ctx)
    ctx.clock.advance(11)
    JobRun.objects.update(run=None)
    with pytest.raises(NodeError) as caught:
        woken(ctx, config, wait)
    assert (caught.value.code, JobRun.objects.get().state) == ("launched_too_long", "cancelled")


@pytest.mark.django_db(transaction=True)
def test_cancelling_the_run_stops_what_it_launched(ctx: FakeContext, make_job: MakeJob):
    make_job()
    wait = run_node(LaunchJob, {"targets": "Nightly"}, {}, context=ctx)
    config = configured(LaunchJob, {"targets": "Nightly"})
    asyncio.run(LaunchJob().stop(ctx, config, {}, wait.detail))
    assert Run.objects.get(id=JobRun.objects.get().run_id).status == "cancelled"


def test_a_flow_runs_with_the_parameters_once_and_its_outcome_counts(ctx: FakeContext, flow: Flow):
    config = {"kind": "flow", "targets": [flow.name], "parameters": {"x": 1}}
    first, wait = (run_node(LaunchJob, config, {}, context=ctx) for _ in range(2))
    assert first.detail["launched"] == wait.detail["launched"]
    run = Run.objects.get(flow=flow)
    assert run.event.payload == {"x": 1}
    Run.objects.update(status="succeeded")
    assert woken(ctx, config, wait).port == "out"


def test_an_approved_command_is_launched_with_its_arguments(
    ctx: FakeContext, command: Command, tenant: Tenant
):
    config = {
        "kind": "command",
        "targets": ["Echo"],
        "parameters": {"word": "hi"},
        "environment": {"GREETING": "x"},
    }
    run_node(LaunchJob, {**config, "wait": False}, {}, context=ctx)
    later = replace(ctx, idempotency_key="another:node")
    run_node(LaunchJob, {**config, "wait": False}, {}, context=later)
    job = Job.objects.get()
    assert (job.name, job.tenant_id, job.runs.count()) == ("Command Echo", tenant.pk, 2)
    overrides = job.runs.all()[0].overrides
    assert (overrides["parameters"], overrides["environment"]) == ({"word": "hi"}, {"GREETING": "x"})


@pytest.mark.parametrize(
    ("config", "code", "field"),
    [
        ({"targets": ["Nobody"]}, "unknown_job", "targets.0"),
        ({"kind": "flow", "targets": ["Nobody"]}, "not_found", "targets.0"),
        ({"kind": "command", "targets": ["rm"]}, "not_found", "targets.0"),
        (
            {**ECHO, "environment": {"PATH": "/"}},
            "variable_not_allowed",
            "environment.PATH",
        ),
        ({"kind": "command", "targets": ["Echo"]}, "argument_missing", "parameters.word"),
        ({"targets": ["Nightly"], "parameters": [1]}, "bad_parameters", "parameters"),
    ],
)
def test_what_cannot_be_launched_fails_at_its_field(
    ctx: FakeContext, make_job: MakeJob, command: Command, config: dict[str, Any], code: str, field: str
):
    make_job()
    with pytest.raises(NodeError) as caught:
        run_node(LaunchJob, config, {}, context=ctx)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not JobRun.objects.exists()


def test_another_tenants_job_is_unknown(ctx: FakeContext, make_job: MakeJob, other_tenant: Tenant):
    job = make_job()
    foreign = replace(ctx, owner_id=other_tenant.pk)
    for called in (job.name, str(job.id)):
        with pytest.raises(NodeError, match="no job"):
            run_node(LaunchJob, {"targets": called}, {}, context=foreign)


@pytest.mark.parametrize(
    "config", [{"targets": []}, {"targets": ["x"] * 21}, {"targets": "x", "output_matches": "("}]
)
def test_a_config_that_cannot_be_meant_is_refused(config: dict[str, Any]):
    with pytest.raises(ValidationError):
        configured(LaunchJob, config)


def test_a_dry_run_tells_what_it_would_launch():
    config = configured(LaunchJob, {"targets": "Nightly"})
    assert LaunchJob().preview(config, {})["launches"] == ["Nightly"]
    assert isinstance(LaunchJob().dry_run_result(config, {}), Emit)
