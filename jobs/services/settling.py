"""What became of the runs of jobs. Any number of processes may look at the same time."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actors import Actor
from flows.models import Run
from flows.services.runs import decide_interrupted
from flows.services.sweeping import alone
from jobs.models import Job, JobRun
from jobs.services.ending import end
from jobs.services.launching import begin, try_again
from jobs.services.output import COMMAND_NODE, outcome_of
from jobs.services.reporting import tell
from jobs.services.timing import gap_after

STATES = {
    Run.Status.SUCCEEDED: JobRun.State.SUCCEEDED,
    Run.Status.FAILED: JobRun.State.FAILED,
    Run.Status.CANCELLED: JobRun.State.CANCELLED,
}
MOST_AT_ONCE = 200


def settle(now: datetime | None = None) -> int:
    """Take over what happened to the runs of open job runs, and start those whose turn it is; how many moved."""
    moment = now or datetime.now(UTC)
    return sum(_moved(job_run_id, moment) for job_run_id in [*_changed(), *_due(moment)])


def open_runs() -> QuerySet[JobRun]:
    """Job runs that are not over."""
    return JobRun.objects.filter(state__in=JobRun.OPEN)


def _changed() -> list[UUID]:
    """Open job runs whose run is not where they say."""
    waiting = Q(state=JobRun.State.WAITING, run__started_at__isnull=False)
    is_over = Q(run__status__in=tuple(STATES))
    interrupted = Q(run__status=Run.Status.WAITING, run__wait_reason="interrupted")
    stuck = interrupted & ~Q(state=JobRun.State.INTERRUPTED)
    goes_on = Q(state=JobRun.State.INTERRUPTED) & ~interrupted
    return list(
        open_runs()
        .filter(waiting | is_over | stuck | goes_on, run__isnull=False)
        .order_by("id")
        .values_list("id", flat=True)[:MOST_AT_ONCE]
    )


def _due(now: datetime) -> list[UUID]:
    rows = JobRun.objects.filter(state=JobRun.State.WAITING, run=None, scheduled_at__lte=now)
    return list(rows.order_by("scheduled_at").values_list("id", flat=True)[:MOST_AT_ONCE])


def _moved(job_run_id: UUID, now: datetime) -> bool:
    with alone("job_run_not_settled", job_run=str(job_run_id)):
        return settle_one(job_run_id, now)
    return False


def settle_one(job_run_id: UUID, now: datetime) -> bool:
    """Move one job run on; whether anything changed."""
    with transaction.atomic():
        known = JobRun.objects.filter(id=job_run_id).values_list("job_id", flat=True).first()
        if known is None:
            return False
        Job.objects.select_for_update().get(id=known)
        job_run = JobRun.objects.select_related("job__tenant", "job__command", "job__flow", "run").get(
            id=job_run_id
        )
        if job_run.is_over:
            return False
        if job_run.run is None:
            return begin(job_run, now)
        return _follow(job_run, job_run.run)


def _follow(job_run: JobRun, run: Run) -> bool:
    is_changed = False
    if job_run.state == JobRun.State.WAITING and run.started_at is not None:
        job_run.state, job_run.begun_at = JobRun.State.RUNNING, run.started_at
        job_run.save(update_fields=["state", "begun_at"])
        tell(job_run, "started")
        is_changed = True
    if run.status in STATES:
        _end(job_run, run)
        return True
    is_interrupted = run.status == Run.Status.WAITING and run.wait_reason == "interrupted"
    if is_interrupted and gap_after(job_run.job, job_run.attempt) is not None:
        # The job says that it may be tried again: nobody need look first.
        decide_interrupted(actor=Actor.system(), run=run, node=COMMAND_NODE, decision="fail")
    wanted = JobRun.State.INTERRUPTED if is_interrupted else JobRun.State.RUNNING
    if run.started_at is not None and job_run.state != wanted:
        job_run.state = wanted
        job_run.save(update_fields=["state"])
        is_changed = True
    return is_changed


def _end(job_run: JobRun, run: Run) -> None:
    at = run.finished_at or datetime.now(UTC)
    state, error = STATES[Run.Status(run.status)], run.error
    if job_run.job.kind == Job.Kind.COMMAND:
        outcome = outcome_of(job_run)
        _take_over(job_run, outcome)
        if state == JobRun.State.SUCCEEDED and (refused := outcome.get("error")):
            state, error = JobRun.State.FAILED, refused
    end(job_run, state, at, _plain(error))
    if state == JobRun.State.FAILED:
        try_again(job_run)


def _take_over(job_run: JobRun, outcome: dict[str, Any]) -> None:
    for field in ("command_line", "exit_code", "pid", "cpu_seconds", "peak_memory", "result"):
        if outcome.get(field) is not None:
            setattr(job_run, field, outcome[field])


def _plain(error: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: error.get(name, "") for name in ("code", "message", "hint")} if error else None
