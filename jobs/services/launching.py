"""Launching jobs: a row that waits for its time, then a run of a flow. Also cancelling."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem, bad_value, conflict
from common.programs.spec import Ending
from flows.services.causes import current_cause
from flows.services.runs import cancel_run
from jobs.models import Job, JobRun
from jobs.services.checks import check_request
from jobs.services.ending import end
from jobs.services.reporting import BLOCKED_BY, tell
from jobs.services.starting import start
from jobs.services.timing import deadline_of, gap_after

OVERRIDES: Final = ("parameters", "environment", "working_directory", "input")
LOOP_SECONDS: Final = 60
"""What is launched for later than this is no tight loop: the guard against loops counts anew."""
CREDENTIAL_IS_BACK: Final = timedelta(seconds=90)
"""One that is away is asked again after a minute."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How a job is launched.

    Args:
        key: a second launch of the job with the same key gives the first one's run.
        at: the time wanted; None: now.
        schedule_type: what puts it there, in MultiFlexi's words: `adhoc-web`, `adhoc-api`, `chained`, `reschedule` …
        reason: why, in one line for people.
        overrides: what this run has otherwise: `parameters`, `environment`, `working_directory`, `input`. The first
            two are laid over those of the job, name by name.
    """

    key: str | None = None
    at: datetime | None = None
    schedule_type: str = "adhoc"
    reason: str = ""
    overrides: Mapping[str, Any] | None = None


def launch(*, actor: Actor, job: Job, how: Launch | None = None) -> JobRun:
    """Put a run of the job in line; it starts at once when it is due and its turn. Idempotent by `key`.

    Raises:
        Problem: 400 with the field at fault; 403; 409 `switched_off`; 422 `key_reused`.
    """
    actor.need(Permission.run_flows)
    how = how or Launch()
    with transaction.atomic():
        rows = Job.objects.select_for_update(of=("self",)).select_related("command", "flow", "tenant")
        locked = rows.get(id=job.id)
        if locked.deleted_at is not None or not locked.is_enabled:
            raise conflict("switched_off", "The job is switched off.", hint="Switch it on first.")
        overrides = _overrides(locked, how.overrides or {})
        earlier = locked.runs.filter(key=how.key).first() if how.key else None
        if earlier is not None:
            if earlier.overrides != overrides:
                raise Problem(422, "key_reused", "The key was used before with other values.")
            return earlier
        made = enqueue(locked, actor, how, overrides)
        audit.record(
            actor,
            "launched",
            "job",
            str(job.id),
            tenant_id=job.tenant_id,
            changes={"job_run": str(made.id), "at": made.scheduled_at.isoformat(), "why": how.reason},
        )
    return made


def enqueue(
    job: Job, actor: Actor, how: Launch, overrides: dict[str, Any], after: JobRun | None = None
) -> JobRun:
    """A row that waits, and its event; started at once if it may. Inside a transaction that holds the job's row.

    Args:
        after: the attempt that failed, of which this is the next.
    """
    now = datetime.now(UTC)
    wanted = how.at or now
    cause = current_cause()
    is_later = wanted - now >= timedelta(seconds=LOOP_SECONDS)
    made = JobRun(
        job=job,
        key=how.key,
        scheduled_at=wanted,
        schedule_type=how.schedule_type[:20],
        deadline=after.deadline if after else deadline_of(job, wanted),
        created_at=now,
        launched_by="" if actor.is_system else actor.name,
        launched_by_id=actor.user_id,
        reason=how.reason[:300],
        cause_run_id=cause.run_id if cause else None,
        depth=0 if is_later else (after.depth + 1 if after else cause.depth + 1 if cause else 0),
        is_test=after.is_test if after else bool(cause and cause.is_test),
        attempt=after.attempt + 1 if after else 1,
        first_id=(after.first_id or after.id) if after else None,
    )
    made.overrides = overrides
    made.save(force_insert=True)
    tell(made, "created")
    if wanted <= now:
        begin(made, now)
    return made


def begin(job_run: JobRun, now: datetime) -> bool:
    """Start it when its turn has come; what a credential that is away has kept from it is tried again. Inside a
    transaction that holds the row of its job.
    """
    is_started = start(job_run, now)
    if (job_run.error or {}).get("code") == BLOCKED_BY["unavailable"]:
        try_again(job_run, CREDENTIAL_IS_BACK)
    return is_started


def try_again(job_run: JobRun, least: timedelta = timedelta()) -> None:
    """The next attempt, when there is one and it can begin before the deadline; its pause is at least so long."""
    job = job_run.job
    gap = gap_after(job, job_run.attempt)
    if gap is None or not job.is_enabled or job.deleted_at is not None:
        return
    at = datetime.now(UTC) + max(gap, least)
    if job_run.deadline is not None and at >= job_run.deadline:
        return
    how = Launch(at=at, schedule_type=job_run.schedule_type, reason=job_run.reason)
    actor = Actor(
        user_id=job_run.launched_by_id,
        tenant_id=job.tenant_id,
        role=None,
        name=job_run.launched_by or "system",
    )
    enqueue(job, actor, how, job_run.overrides, after=job_run)


def _overrides(job: Job, given: Mapping[str, Any]) -> dict[str, Any]:
    overrides = {name: value for name, value in given.items() if value not in (None, "", {})}
    for name, value in overrides.items():
        if name not in OVERRIDES:
            raise bad_value("unknown_field", f"A launch cannot set {name[:80]!r}.", field=name[:80])
        wanted = dict if name in ("parameters", "environment") else str
        if not isinstance(value, wanted):
            raise bad_value("bad_value", f"{name} has the wrong form.", field=name)
    if job.command is not None:
        check_request(job.command, **asked(job, overrides))
    elif set(overrides) - {"parameters"}:
        raise bad_value("not_for_flows", "A flow takes parameters alone.", field="parameters")
    return overrides


def asked(job: Job, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What a run of a command is asked for: the job's own, with the launch laid over it."""
    return {
        "parameters": {**job.parameters, **overrides.get("parameters", {})},
        "environment": {**job.environment, **overrides.get("environment", {})},
        "working_directory": overrides.get("working_directory", job.working_directory),
        "input": overrides.get("input", job.input),
    }


def cancel_job_run(
    *, actor: Actor, job_run: JobRun, how: str = "", force_after: timedelta | None = None
) -> JobRun:
    """Stop a job run: one that waits at once, one at work within seconds.

    Args:
        how: a command at work may be ended otherwise: see `JobRun.stop_how`. The last word counts.
        force_after: how long `graceful_then_forced` lets it end by itself.

    Raises:
        Problem: 403; 409 `run_is_over`.
    """
    actor.need(Permission.run_flows)
    with transaction.atomic():
        Job.objects.select_for_update().get(id=job_run.job_id)
        job_run = JobRun.objects.select_related("job", "run").get(id=job_run.id)
        if job_run.is_over:
            raise conflict("run_is_over", f"The job run has {job_run.state} already.")
        job_run.stop_how = how
        job_run.force_at = datetime.now(UTC) + force_after if force_after is not None else None
        job_run.save(update_fields=["stop_how", "force_at"])
        _cancel(actor, job_run, f"{actor.name} cancelled it.")
        changes = {"how": how} if how else {}
        tenant_id = job_run.job.tenant_id
        audit.record(actor, "cancelled", "job_run", str(job_run.id), tenant_id=tenant_id, changes=changes)
    job_run.refresh_from_db()
    return job_run


def ending_of(run_id: UUID | str) -> Ending:
    """How the command of the job run is ended that this run is of."""
    row = JobRun.objects.filter(run_id=run_id).values_list("stop_how", "force_at").first()
    how, force_at = row or ("", None)
    if not how:
        return "ask_then_kill"
    is_time = force_at is not None and datetime.now(UTC) >= force_at
    return "kill" if how == "forced" or is_time else "ask"


def cancel_open(job: Job, message: str) -> None:
    """Stop all open runs of a job. Inside a transaction that holds the job's row."""
    for job_run in job.runs.exclude(state__in=JobRun.FINAL).select_related("job", "run"):
        _cancel(Actor.system(), job_run, message)


def _cancel(actor: Actor, job_run: JobRun, message: str) -> None:
    if job_run.run is None:
        end(job_run, JobRun.State.CANCELLED, datetime.now(UTC), {"code": "cancelled", "message": message})
        return
    try:
        cancel_run(actor=actor, run=job_run.run)
    except Problem as problem:
        if problem.code != "run_is_over":  # its outcome is about to be settled
            raise
