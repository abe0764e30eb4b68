from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Actor
from jobs.models import Job, JobRun
from jobs.services.jobs import change_job
from jobs.services.ticking import tick_due
from tests.jobs.conftest import MakeJob, over

pytestmark = pytest.mark.django_db


def due(job: Job, **ago: float) -> None:
    Job.objects.filter(id=job.id).update(
        next_at=datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(**ago)
    )


def test_a_tick_puts_one_run_in_line(make_job: MakeJob):
    job = make_job(interval="i")
    due(job)
    assert [tick_due(), tick_due()] == [1, 0]
    job_run = JobRun.objects.get()
    assert (job_run.schedule_type, job_run.launched_by) == ("minutly", "")
    job.refresh_from_db()
    assert job.next_at > datetime.now(UTC)


def test_a_tick_that_fired_before_does_not_fire_again(make_job: MakeJob):
    job = make_job(interval="i")
    due(job)
    tick_due()
    over(JobRun.objects.get())
    due(job)
    assert tick_due() == 0


def test_ticks_do_not_pile_up_behind_a_run_that_waits(make_job: MakeJob):
    job = make_job(interval="i", delay_seconds=600)
    now = datetime.now(UTC)
    for minutes in range(3):
        tick_due(now + timedelta(minutes=minutes + 1))
    assert JobRun.objects.count() == 1
    assert job.runs.get().scheduled_at > now


@pytest.mark.parametrize(("allow_late", "runs"), [(False, 0), (True, 1)])
def test_missed_ticks_are_made_up_once_or_not_at_all(make_job: MakeJob, allow_late: bool, runs: int):
    job = make_job(interval="c", cron="0 3 * * *", allow_late=allow_late)
    at = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
    Job.objects.filter(id=job.id).update(next_at=datetime(2026, 3, 2, 3, 0, tzinfo=UTC))
    assert tick_due(at) == runs
    assert JobRun.objects.count() == runs


def test_a_job_that_is_off_does_not_tick(make_job: MakeJob, owner: Actor):
    job = change_job(actor=owner, job=make_job(interval="i"), is_enabled=False)
    assert job.next_at is None
    assert tick_due(datetime.now(UTC) + timedelta(days=1)) == 0


def test_a_schedule_keeps_to_its_zone(make_job: MakeJob):
    job = make_job(interval="d", zone="Asia/Tokyo")
    assert job.next_at.hour == 15
