import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Actor
from flows.models import Event, Run
from jobs.models import JobRun
from jobs.services.launching import launch
from jobs.services.settling import settle
from tests.jobs.conftest import MakeJob, over, told

pytestmark = pytest.mark.django_db


def test_a_run_that_began_and_ended_is_told_in_order(make_job: MakeJob, owner: Actor):
    job_run = over(launch(actor=owner, job=make_job()))
    assert job_run.state == "succeeded"
    assert job_run.begun_at
    assert job_run.ended_at
    assert told() == ["job.created", "job.started", "job.succeeded"]


def test_it_is_told_once_however_often_one_looks(make_job: MakeJob, owner: Actor):
    over(launch(actor=owner, job=make_job()))
    settle()
    assert told("succeeded") == ["job.succeeded"]


def test_the_report_has_the_fields_of_the_original(make_job: MakeJob, owner: Actor):
    over(launch(actor=owner, job=make_job(interval="h")), "failed", code="x", message="It broke.")
    report = Event.objects.get(type="job.failed").payload
    assert report["phase"] == "jobDone"
    assert (report["exitcode"], report["exitcode_description"]) == (255, "It broke.")
    assert (report["company_code"], report["runtemplate_name"]) == ("acme", "Nightly")
    assert (report["interval"], report["interval_seconds"]) == ("h", 3600)
    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}", report["end"])


def test_an_interrupted_run_says_so_and_goes_on(make_job: MakeJob, owner: Actor):
    job_run = launch(actor=owner, job=make_job())
    runs = Run.objects.filter(id=job_run.run_id)
    runs.update(status="waiting", wait_reason="interrupted", started_at=datetime.now(UTC))
    settle()
    job_run.refresh_from_db()
    assert job_run.state == "interrupted"
    runs.update(status="running", wait_reason="")
    settle()
    job_run.refresh_from_db()
    assert job_run.state == "running"


@pytest.mark.parametrize(
    ("backoff", "gaps"), [("fixed", [60, 60]), ("linear", [60, 120]), ("exponential", [120, 240])]
)
def test_a_failure_is_tried_again_after_its_pause(
    make_job: MakeJob, owner: Actor, backoff: str, gaps: list[int]
):
    job = make_job(max_attempts=3, backoff=backoff, min_gap_seconds=60)
    over(launch(actor=owner, job=job), "failed")
    found = []
    for _ in gaps:
        before = datetime.now(UTC)
        again = JobRun.objects.get(state="waiting")
        found.append(round((again.scheduled_at - before).total_seconds() / 60) * 60)
        settle(again.scheduled_at)
        over(again, "failed")
    assert found == gaps
    assert not JobRun.objects.filter(state="waiting").exists()
    assert [row.attempt for row in JobRun.objects.order_by("attempt")] == [1, 2, 3]


@pytest.mark.parametrize("values", [{}, {"max_attempts": 3}, {"max_attempts": 1, "backoff": "fixed"}])
def test_a_failure_stays_one_without_retries(make_job: MakeJob, owner: Actor, values: dict):
    over(launch(actor=owner, job=make_job(**values)), "failed")
    assert JobRun.objects.count() == 1


def test_nothing_is_tried_again_past_the_deadline(make_job: MakeJob, owner: Actor):
    job = make_job(max_attempts=3, backoff="fixed", min_gap_seconds=120, deadline="+1m")
    over(launch(actor=owner, job=job), "failed")
    assert JobRun.objects.count() == 1


def test_the_attempts_keep_the_first_ones_deadline(make_job: MakeJob, owner: Actor):
    job = make_job(max_attempts=3, backoff="fixed", min_gap_seconds=60, deadline="+3h")
    first = over(launch(actor=owner, job=job), "failed")
    again = JobRun.objects.get(state="waiting")
    assert (again.deadline, again.first) == (first.deadline, first)
    assert again.deadline - first.scheduled_at == timedelta(hours=3)


def test_a_cancelled_run_is_not_tried_again(make_job: MakeJob, owner: Actor):
    job = make_job(max_attempts=3, backoff="fixed")
    assert over(launch(actor=owner, job=job), "cancelled").state == "cancelled"
    assert JobRun.objects.count() == 1


def test_an_interrupted_run_of_a_job_that_is_tried_again_asks_nobody(
    make_job: MakeJob, owner: Actor, monkeypatch
):
    decided = []
    monkeypatch.setattr(
        "jobs.services.settling.decide_interrupted", lambda **what: decided.append(what["decision"])
    )
    job_run = launch(actor=owner, job=make_job(max_attempts=2, backoff="fixed"))
    Run.objects.filter(id=job_run.run_id).update(
        status="waiting", wait_reason="interrupted", started_at=datetime.now(UTC)
    )
    settle()
    assert decided == ["fail"]
