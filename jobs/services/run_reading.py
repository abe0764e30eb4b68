"""Runs of jobs as people read them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from accounts.actors import Actor
from jobs.models import Job, JobRun
from jobs.services.reach import job_runs_in_reach


def last_states(job_ids: Sequence[UUID]) -> dict[UUID, JobRun]:
    """The newest run by job, for those that ever ran."""
    newest = JobRun.objects.filter(job_id__in=job_ids).order_by().values("job").annotate(last=Max("id"))
    runs = JobRun.objects.filter(id__in=[row["last"] for row in newest])
    return {run.job_id: run for run in runs}


def runs_of(actor: Actor, job: Job) -> QuerySet[JobRun]:
    """The runs of one job, newest first."""
    return job_runs_in_reach(actor).filter(job=job)


def attempts_of(job_run: JobRun) -> list[JobRun]:
    """All attempts of which this is one, the first one first; nothing where it is the only one."""
    first = job_run.first_id or job_run.id
    found = list(JobRun.objects.filter(Q(id=first) | Q(first_id=first)).order_by("attempt"))
    return found if len(found) > 1 else []
