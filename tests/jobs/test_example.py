"""The example that ships: a nightly job that fails is tried again with growing pauses, and then a mail tells."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction

from accounts.actors import Actor
from accounts.models import CaughtMail
from common.mailbox import MAILBOX_URL
from flows.models import Flow, Run
from jobs.models import Job, JobRun
from jobs.services.ending import end
from jobs.services.launching import launch
from tests.jobs.conftest import MakeJob
from tests.support.flows import published, run_to_rest

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "nightly-job-retried.json"


def failed(job: Job, owner: Actor, flow: Flow) -> Run:
    """One more run of the job fails; the run of the example that follows, at its end."""
    job_run = launch(actor=owner, job=job)
    with transaction.atomic():
        job_run = JobRun.objects.select_related("job__tenant").get(id=job_run.id)
        end(job_run, "failed", datetime.now(UTC))
    return run_to_rest(Run.objects.filter(flow=flow).latest("id"))


def test_two_failures_put_it_in_line_again_and_the_third_sends_a_mail(
    make_job: MakeJob, owner: Actor, settings: LazySettings
):
    settings.EMAIL_URL, settings.MAIL_FROM = MAILBOX_URL, "hookflow@example.org"
    job = make_job(name="Nightly backup", allow_overlap=True)
    flow = published(json.loads(EXAMPLE.read_text()), owner)
    pauses = []
    for _ in range(2):
        run = failed(job, owner, flow)
        assert (run.status, run.error) == ("succeeded", None)
        waiting = JobRun.objects.filter(state="waiting", schedule_type="reschedule").latest("id")
        pauses.append(round((waiting.scheduled_at - waiting.created_at).total_seconds() / 60))
        waiting.delete()
    assert pauses == [10, 20]
    assert not CaughtMail.objects.exists()
    run = failed(job, owner, flow)
    assert run.status == "succeeded", run.error
    assert CaughtMail.objects.get().subject == "Nightly backup failed 3 times"
    assert not JobRun.objects.filter(schedule_type="reschedule").exists()
