"""The end of a job run: its outcome, its event, and the next attempt."""

from datetime import datetime
from typing import Any

from jobs.models import JobRun
from jobs.services.reporting import tell


def end(job_run: JobRun, state: str, at: datetime, error: dict[str, Any] | None = None) -> None:
    """Put down how it ended and tell it. Inside a transaction that holds the row of its job."""
    job_run.state = state
    job_run.ended_at = at
    job_run.error = error
    job_run.save()
    tell(job_run, state)
