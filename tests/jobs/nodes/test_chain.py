"""Chain: the next job with the environment of the one that ended."""

from typing import Any

import pytest

from accounts.actors import Actor
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, run_node
from jobs.models import Command, JobRun
from jobs.nodes.chain import Chain
from jobs.services.launching import Launch, launch
from tests.jobs.conftest import MakeJob

pytestmark = pytest.mark.django_db


def chained(ctx: FakeContext, before: JobRun, **config: Any) -> JobRun:
    run_node(Chain, {"job": "Next", "after": str(before.id), "as_field": "next", **config}, {}, context=ctx)
    return JobRun.objects.get(job__name="Next")


@pytest.fixture
def before(make_job: MakeJob, command: Command, owner: Actor) -> JobRun:
    what = {"kind": "command", "command": command, "flow": None, "parameters": {"word": "x"}}
    job = make_job(name="First", environment={"GREETING": "of the job"}, **what)
    make_job(name="Next", **what)
    return launch(actor=owner, job=job, how=Launch(overrides={"environment": {"GREETING": "of the launch"}}))


def test_the_next_job_gets_the_environment_that_the_run_had(ctx: FakeContext, before: JobRun):
    made = chained(ctx, before)
    assert (made.schedule_type, made.reason) == ("chained", "After First")
    assert made.overrides["environment"] == {"GREETING": "of the launch"}


def test_it_is_launched_once_however_often_the_step_is_repeated(ctx: FakeContext, before: JobRun):
    assert chained(ctx, before) == chained(ctx, before)


def test_what_the_next_job_does_not_take_is_left_out_and_told(
    ctx: FakeContext, before: JobRun, command: Command
):
    Command.objects.filter(pk=command.pk).update(environment=[])
    assert chained(ctx, before).overrides == {}
    assert "GREETING" in ctx.log.text


@pytest.mark.parametrize(
    ("config", "code", "field"),
    [
        ({"job": "Nobody"}, "unknown_job", "job"),
        ({"after": "soon"}, "unknown_job_run", "after"),
        ({"after": "01950000-0000-7000-8000-000000000000"}, "unknown_job_run", "after"),
    ],
)
def test_what_is_unknown_fails_at_its_field(
    ctx: FakeContext, before: JobRun, config: dict[str, Any], code: str, field: str
):
    with pytest.raises(NodeError) as caught:
        chained(ctx, before, **config)
    assert (caught.value.code, caught.value.field) == (code, field)
