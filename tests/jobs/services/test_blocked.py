"""Jobs whose flows name credentials that are known not to work."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from actions.models import Credential
from actions.services.credential_health import note_failure, note_success
from flows.models import Event, Flow
from jobs.models import Job, JobRun
from jobs.services.launching import launch
from jobs.services.settling import settle
from tests.jobs.conftest import MakeJob
from tests.support.flows import line, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api_credential")]

AWAY = {
    "code": "unreachable",
    "message": "Nobody answers.",
    "hint": "Wait.",
    "field": None,
    "retryable": True,
}
WRONG = {
    **AWAY,
    "code": "refused",
    "message": "The key is wrong.",
    "hint": "Write it anew.",
    "retryable": False,
}


@pytest.fixture
def flow(api_credential: Credential, owner: Actor) -> Flow:
    return published(line(("t", "manual", {}), ("c", "call", {"credential": "shop"})), owner)


def ran(owner: Actor, job: Job) -> JobRun:
    return JobRun.objects.get(id=launch(actor=owner, job=job).id)


@pytest.fixture
def careful(make_job: MakeJob) -> Job:
    return make_job(needs_credentials=True, max_attempts=2, backoff="fixed", min_gap_seconds=60)


def report() -> dict[str, Any]:
    return Event.objects.get(type="job.failed").payload


def test_it_does_not_start_while_one_is_away_and_is_tried_again(
    careful: Job, owner: Actor, api_credential: Credential
):
    note_failure(api_credential, AWAY)
    job_run = ran(owner, careful)
    assert (job_run.state, job_run.exit_code, job_run.run_id) == ("failed", 75, None)
    assert job_run.error["code"] == "credential_unavailable"
    assert "“shop”" in job_run.error["message"]
    assert (report()["phase"], report()["exitcode"]) == ("credentialBlocked", 75)
    assert JobRun.objects.get(state="waiting").attempt == 2


def test_what_is_set_up_wrongly_is_not_tried_again(careful: Job, owner: Actor, api_credential: Credential):
    note_failure(api_credential, WRONG)
    job_run = ran(owner, careful)
    assert (job_run.exit_code, job_run.error["code"]) == (75, "credential_misconfigured")
    assert JobRun.objects.count() == 1


def test_it_starts_when_all_work(careful: Job, owner: Actor, api_credential: Credential):
    note_success(api_credential, "Signed in.", 0.1)
    assert ran(owner, careful).run_id


def test_what_was_never_tested_blocks_nothing(careful: Job, owner: Actor):
    assert ran(owner, careful).run_id


def test_it_starts_all_the_same_where_the_job_does_not_ask(
    make_job: MakeJob, owner: Actor, api_credential: Credential
):
    note_failure(api_credential, AWAY)
    assert ran(owner, make_job()).run_id


def test_what_only_the_draft_names_blocks_nothing(
    make_job: MakeJob, owner: Actor, flow: Flow, api_credential: Credential
):
    plain = published(line(("t", "manual", {})), owner)
    Flow.objects.filter(id=plain.id).update(draft=flow.draft)
    note_failure(api_credential, WRONG)
    assert ran(owner, make_job(flow=plain, needs_credentials=True)).run_id


def test_without_a_pause_of_its_own_it_waits_for_the_next_test(
    make_job: MakeJob, owner: Actor, api_credential: Credential
):
    note_failure(api_credential, AWAY)
    first = ran(owner, make_job(needs_credentials=True, max_attempts=100, backoff="fixed"))
    again = JobRun.objects.get(state="waiting")
    assert again.scheduled_at - first.ended_at >= timedelta(seconds=90)
    settle(again.scheduled_at)
    assert JobRun.objects.filter(state="failed", exit_code=75).count() == 2
