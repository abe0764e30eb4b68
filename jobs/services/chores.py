"""What of jobs must happen now and then, and with the runs that go."""

from typing import Any

from flows.services import retention, sweeping
from jobs.models import JobRun
from jobs.services.settling import settle
from jobs.services.ticking import tick_due


def connect() -> None:
    """Have the workers' sweepers do it."""
    sweeping.every_second("jobs", sweep)
    retention.runs_deleted.connect(forget, dispatch_uid="jobs")


def sweep() -> None:
    """Fire ticks, start what is due, take over what ended."""
    tick_due()
    settle()


def forget(sender: Any, run_ids: list[Any], **kwargs: Any) -> None:
    """Job runs go with their runs."""
    JobRun.objects.filter(first__run_id__in=run_ids).update(first=None)
    JobRun.objects.filter(run_id__in=run_ids)._raw_delete(JobRun.objects.db)
