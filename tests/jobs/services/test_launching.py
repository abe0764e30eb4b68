from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Actor
from accounts.models import User
from common.problems import Problem
from flows.models import Event, Run
from jobs.models import Job, JobRun
from jobs.services.jobs import change_job, delete_job
from jobs.services.launching import Launch, cancel_job_run, launch
from jobs.services.settling import settle
from tests.jobs.conftest import MakeJob, over, told

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_launch_starts_a_run_with_the_parameters(make_job: MakeJob, owner: Actor):
    job = make_job(parameters={"a": 1, "b": 2})
    job_run = launch(actor=owner, job=job, how=Launch(overrides={"parameters": {"b": 3}}))
    assert Event.objects.get(runs=job_run.run_id).payload == {"a": 1, "b": 3}
    assert told() == ["job.created"]


def test_a_key_launches_once(make_job: MakeJob, owner: Actor):
    job = make_job()
    first, second = (launch(actor=owner, job=job, how=Launch(key="k")) for _ in range(2))
    assert first == second
    assert Run.objects.count() == 1


def test_a_key_with_other_values_is_refused(make_job: MakeJob, owner: Actor):
    job = make_job()
    launch(actor=owner, job=job, how=Launch(key="k"))
    with pytest.raises(Problem) as refused:
        launch(actor=owner, job=job, how=Launch(key="k", overrides={"parameters": {"x": 1}}))
    assert (refused.value.status, refused.value.code) == (422, "key_reused")


def test_it_waits_while_another_run_of_the_job_is_at_work(make_job: MakeJob, owner: Actor):
    job = make_job()
    first, second = (launch(actor=owner, job=job) for _ in range(2))
    assert second.run_id is None
    over(first)
    second.refresh_from_db()
    assert second.run_id is not None


def test_runs_overlap_where_the_job_says_so(make_job: MakeJob, owner: Actor):
    job = make_job(allow_overlap=True)
    assert all(launch(actor=owner, job=job).run_id for _ in range(2))


def test_it_waits_for_its_time(make_job: MakeJob, owner: Actor):
    at = datetime.now(UTC) + timedelta(hours=1)
    job_run = launch(actor=owner, job=make_job(), how=Launch(at=at, schedule_type="reschedule"))
    settle()
    job_run.refresh_from_db()
    assert job_run.run_id is None
    settle(at)
    job_run.refresh_from_db()
    assert job_run.run_id is not None


def test_what_waits_is_cancelled_at_once(make_job: MakeJob, owner: Actor):
    at = datetime.now(UTC) + timedelta(hours=1)
    job_run = launch(actor=owner, job=make_job(), how=Launch(at=at))
    assert cancel_job_run(actor=owner, job_run=job_run).state == "cancelled"
    assert told() == ["job.created", "job.cancelled"]


def test_cancelling_stops_the_run(make_job: MakeJob, owner: Actor):
    job_run = launch(actor=owner, job=make_job())
    cancel_job_run(actor=owner, job_run=job_run)
    assert Run.objects.get().status == "cancelled"
    settle()
    job_run.refresh_from_db()
    assert job_run.state == "cancelled"


def test_what_is_over_is_not_cancelled(make_job: MakeJob, owner: Actor):
    job_run = over(launch(actor=owner, job=make_job()))
    with pytest.raises(Problem) as refused:
        cancel_job_run(actor=owner, job_run=job_run)
    assert refused.value.code == "run_is_over"


@pytest.mark.parametrize("change", [{"is_enabled": False}, None])
def test_a_job_that_is_off_or_gone_launches_nothing(make_job: MakeJob, owner: Actor, change: dict | None):
    job = make_job()
    if change:
        change_job(actor=owner, job=job, **change)
    else:
        delete_job(actor=owner, job=job)
    with pytest.raises(Problem) as refused:
        launch(actor=owner, job=job)
    assert refused.value.code == "switched_off"
    assert not JobRun.objects.exists()


def test_a_viewer_launches_nothing(make_job: MakeJob, viewer: User):
    with pytest.raises(Problem) as refused:
        launch(actor=Actor.of_user(viewer), job=make_job())
    assert refused.value.code == "not_allowed"


def test_deleting_a_job_cancels_what_is_open(make_job: MakeJob, owner: Actor):
    job = make_job()
    for _ in range(2):
        launch(actor=owner, job=job)
    delete_job(actor=owner, job=job)
    settle()
    assert {row.state for row in JobRun.objects.all()} == {"cancelled"}


def test_a_flow_takes_no_environment(make_job: MakeJob, owner: Actor):
    with pytest.raises(Problem) as refused:
        launch(actor=owner, job=make_job(), how=Launch(overrides={"environment": {"A": "b"}}))
    assert refused.value.code == "not_for_flows"


def test_a_deadline_that_passed_fails_it(make_job: MakeJob, owner: Actor):
    job = make_job(deadline="+1h")
    launch(actor=owner, job=job)
    late = launch(actor=owner, job=job)
    JobRun.objects.filter(id=late.id).update(deadline=datetime.now(UTC) - timedelta(seconds=1))
    over(JobRun.objects.exclude(run=None).get())
    late.refresh_from_db()
    assert (late.state, late.error["code"]) == ("failed", "deadline_passed")


def test_a_flow_that_was_switched_off_fails_it(make_job: MakeJob, owner: Actor, flow):
    job = make_job()
    flow.is_enabled = False
    flow.save()
    assert launch(actor=owner, job=job).error["code"] == "switched_off"
    assert Job.objects.get() == job
