"""What of jobs must happen now and then, and with the runs that go."""

from typing import Any

from flows.services import retention, sweeping
from jobs.models import JobRun
from jobs.services.settling import open_runs, settle
from jobs.services.ticking import due_ticks, tick_due


def connect() -> None:
    """Have the workers' sweepers do it."""
    sweeping.every_second("job ticks", tick_due, lambda now: [due_ticks(now)])
    sweeping.every_second("job runs", settle, lambda _: [open_runs()])
    retention.runs_deleted.connect(forget, dispatch_uid="jobs")


def forget(sender: Any, run_ids: list[Any], **kwargs: Any) -> None:
    """Job runs go with their runs."""
    JobRun.objects.filter(first__run_id__in=run_ids).update(first=None)
    JobRun.objects.filter(run_id__in=run_ids)._raw_delete(JobRun.objects.db)
