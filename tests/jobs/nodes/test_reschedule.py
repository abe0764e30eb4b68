"""Reschedule."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from accounts.models import AuditEntry
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, configured, run_node
from jobs.models import Job, JobRun
from jobs.nodes.reschedule import Reschedule
from tests.jobs.conftest import MakeJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(make_job: MakeJob) -> Job:
    return make_job(interval="d")


def rescheduled(ctx: FakeContext, **config: Any) -> Any:
    return run_node(Reschedule, {"job": "Nightly", "as_field": "next", **config}, {}, context=ctx)


def failed(job: Job, *states: str) -> None:
    now = datetime.now(UTC)
    for place, state in enumerate(states):
        at = now - timedelta(hours=len(states) - place)
        JobRun.objects.create(
            job=job, state=state, scheduled_at=at, created_at=at, ended_at=at, schedule_type="daily"
        )


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [("30m", 1800), ("6h", 21_600), ("2d", 172_800), ("1w", 604_800), ("3600", 3600), (90, 90)],
)
def test_it_runs_again_after_a_delay(ctx: FakeContext, job: Job, delay: str | int, seconds: int):
    answer = rescheduled(ctx, delay=delay)
    made = JobRun.objects.get()
    assert (made.state, made.schedule_type) == ("waiting", "reschedule")
    assert made.scheduled_at == ctx.clock.now() + timedelta(seconds=seconds)
    assert answer.record["next"]["at"] == made.scheduled_at.isoformat()


def test_several_times_lie_the_delay_apart_and_repeating_the_step_adds_none(ctx: FakeContext, job: Job):
    for _ in range(2):
        rescheduled(ctx, delay="1h", repeats=3)
    times = JobRun.objects.order_by("scheduled_at").values_list("scheduled_at", flat=True)
    assert [round((at - ctx.clock.now()).total_seconds()) for at in times] == [3600, 7200, 10_800]


def test_it_runs_at_a_time_on_the_clock_of_a_zone(ctx: FakeContext, job: Job):
    rescheduled(ctx, mode="at", time="2090-07-01 08:00", zone="Europe/Prague")
    assert JobRun.objects.get().scheduled_at == datetime(2090, 7, 1, 6, 0, tzinfo=UTC)


def test_a_cron_line_becomes_the_schedule_and_the_trail_keeps_the_old_one(ctx: FakeContext, job: Job):
    rescheduled(ctx, mode="cron", cron="0  5 * * *", zone="Europe/Prague")
    job.refresh_from_db()
    assert (job.interval, job.cron, job.zone) == ("c", "0 5 * * *", "Europe/Prague")
    changes = AuditEntry.objects.get(target="job", verb="updated").changes
    assert (changes["interval"], changes["cron"]) == (["d", "c"], ["", "0 5 * * *"])
    assert not JobRun.objects.exists()


def test_a_cron_line_may_say_only_the_next_time(ctx: FakeContext, job: Job):
    rescheduled(ctx, mode="cron", cron="0 5 * * *", permanent=False)
    job.refresh_from_db()
    assert job.interval == "d"
    assert JobRun.objects.get().scheduled_at.hour == 5


@pytest.mark.parametrize(
    ("backoff", "states", "minutes"),
    [
        ("exponential", ("failed",), 10),
        ("exponential", ("failed", "failed", "failed"), 40),
        ("linear", ("failed", "failed", "failed"), 30),
        ("fixed", ("failed", "failed"), 10),
        ("exponential", ("failed", "failed", "succeeded", "failed"), 10),
    ],
)
def test_pauses_grow_with_the_failures_in_a_row(
    ctx: FakeContext, job: Job, backoff: str, states: tuple[str, ...], minutes: int
):
    failed(job, *states)
    answer = rescheduled(ctx, mode="retry", delay="10m", backoff=backoff, most=9)
    made = JobRun.objects.get(state="waiting")
    assert (answer.port, made.scheduled_at) == ("out", ctx.clock.now() + timedelta(minutes=minutes))


def test_after_so_many_failures_in_a_row_it_is_given_up(ctx: FakeContext, job: Job):
    failed(job, "failed", "failed", "failed")
    answer = rescheduled(ctx, mode="retry", most=3)
    assert (answer.port, answer.record["next"]) == ("given_up", {"at": None, "failures": 3})
    assert not JobRun.objects.filter(state="waiting").exists()


@pytest.mark.parametrize(
    ("config", "code", "field"),
    [
        ({"job": "Nobody"}, "unknown_job", "job"),
        ({"mode": "at", "time": "soon"}, "bad_time", "time"),
        ({"mode": "cron", "cron": "{{ x }}"}, "bad_cron", "cron"),
        ({"delay": "{{ x }}"}, "bad_delay", "delay"),
    ],
)
def test_what_cannot_be_meant_fails_at_its_field(
    ctx: FakeContext, job: Job, config: dict[str, Any], code: str, field: str
):
    with pytest.raises(NodeError) as caught:
        rescheduled(ctx, **config)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not JobRun.objects.exists()


@pytest.mark.parametrize(
    "config",
    [{"delay": "soon"}, {"delay": "999d"}, {"mode": "at"}, {"mode": "cron", "cron": "x"}, {"repeats": 51}],
)
def test_a_config_that_cannot_be_meant_is_refused(config: dict[str, Any]):
    with pytest.raises(ValidationError):
        configured(Reschedule, config)
