"""What the events of jobs tell: the fields of MultiFlexi's job report under their names, and a few of ours."""

from datetime import datetime
from typing import Final

from common.redact import redact_text
from flows.engine.life_cycle import Execution, server_of
from flows.sdk import JsonObject, LifeCycle
from flows.services.events import emit_event
from flows.services.life_cycle import Happened
from flows.services.life_cycle import tell as tell_life
from flows.store.new_events import NewEvent
from jobs.models import Job, JobRun
from jobs.services.output import outcome_of
from jobs.services.timing import SECONDS
from jobs.version import VERSION

EXECUTOR: Final = "Native"
LAUNCH_FAILED: Final = 255
"""The exit code of what never ran, as in MultiFlexi."""
EXIT_BLOCKED: Final = 75
"""The exit code of what its credentials kept from starting, as in MultiFlexi; sysexits.h calls it EX_TEMPFAIL."""
BLOCKED_BY: Final = {
    "unavailable": "credential_unavailable",
    "misconfigured": "credential_misconfigured",
}
"""The errors of such a run, by the state of the credential."""
PHASES: Final = {
    "created": "created",
    "started": "jobStart",
    "succeeded": "jobDone",
    "failed": "jobDone",
    "cancelled": "jobDone",
}
LIFE: Final = {
    "created": LifeCycle.QUEUED,
    "started": LifeCycle.STARTED,
    "succeeded": LifeCycle.SUCCEEDED,
    "failed": LifeCycle.FAILED,
    "cancelled": LifeCycle.CANCELLED,
}
MOST_TEXT: Final = 65_536
"""Characters of an output in an event; all that is kept is in the run's log."""


def tell(job_run: JobRun, phase: str) -> None:
    """Emit `job.<phase>` and the life-cycle event of that phase. Inside the transaction of the change; a second call
    for the same phase does nothing.
    """
    owner_id, cause = job_run.job.tenant_id, job_run.run_id or job_run.cause_run_id
    depth = min(job_run.depth + 1, 32_000)
    emit_event(
        NewEvent(
            type=f"job.{phase}",
            payload=report(job_run, phase),
            tenant_id=owner_id,
            source="jobs",
            dedup_key=f"{job_run.id}:{phase}",
            cause_run_id=cause,
            depth=depth,
        )
    )
    at = job_run.ended_at or job_run.begun_at or job_run.created_at
    error = str((job_run.error or {}).get("message", ""))
    life = Happened(LIFE[phase], owner_id, at, lambda: _execution(job_run), error, cause, depth)
    tell_life([life])


def _execution(job_run: JobRun) -> Execution:
    job = job_run.job
    parameters = {**job.parameters, **job_run.plain_overrides.get("parameters", {})}
    return Execution(
        kind="job",
        id=str(job_run.id),
        name=job.name,
        blueprint=str(job.id),
        deployment=server_of("", parameters),
        tenant_name=job.tenant.name if job.tenant else "",
        parameters=parameters,
    )


def report(job_run: JobRun, phase: str) -> JsonObject:
    """The report of a job run as it stands."""
    job, tenant = job_run.job, job_run.job.tenant
    is_done = PHASES[phase] == "jobDone"
    outcome = outcome_of(job_run) if is_done else {}
    return {
        "phase": "credentialBlocked" if is_blocked(job_run) else PHASES[phase],
        "job_id": str(job_run.id),
        **_application(job),
        "begin": _time(job_run.begun_at),
        "end": _time(job_run.ended_at),
        "scheduled": _time(job_run.scheduled_at),
        "schedule_type": job_run.schedule_type,
        "company_id": tenant.pk if tenant else None,
        "company_name": tenant.name if tenant else "",
        "company_code": tenant.slug if tenant else "",
        "runtemplate_id": str(job.id),
        "runtemplate_name": job.name,
        "exitcode": _exit_code(job_run, is_done=is_done),
        "exitcode_description": _description(job_run, is_done=is_done),
        "stdout": str(outcome.get("stdout", ""))[:MOST_TEXT],
        "stderr": str(outcome.get("stderr", ""))[:MOST_TEXT],
        "executor": EXECUTOR,
        "launched_by_id": job_run.launched_by_id,
        "launched_by": job_run.launched_by or "cron",
        "data": job_run.result[:MOST_TEXT],
        "result_file": "RESULT_FILE" if job_run.result else "",
        "version": VERSION,
        "pid": job_run.pid,
        "interval": job.interval,
        "interval_seconds": SECONDS.get(Job.Interval(job.interval)),
        "name": job.name,
        "status": job_run.state,
        "command": redact_text(job_run.command_line),
        "reason": job_run.reason,
        "attempt": job_run.attempt,
        "max_attempts": job.max_attempts,
        "error": job_run.error,
    }


def is_blocked(job_run: JobRun) -> bool:
    """Whether its credentials kept it from starting."""
    return (job_run.error or {}).get("code") in BLOCKED_BY.values()


def _application(job: Job) -> JsonObject:
    """What runs: MultiFlexi's application is our command, or the flow."""
    if job.kind == Job.Kind.COMMAND:
        return {
            "app_id": str(job.command_id or ""),
            "app_name": job.command.name if job.command else "",
        }
    return {"app_id": str(job.flow_id or ""), "app_name": job.flow.name if job.flow else ""}


def _exit_code(job_run: JobRun, *, is_done: bool) -> int | None:
    if job_run.exit_code is not None or not is_done:
        return job_run.exit_code
    return 0 if job_run.state == JobRun.State.SUCCEEDED else LAUNCH_FAILED


def _description(job_run: JobRun, *, is_done: bool) -> str:
    if not is_done:
        return ""
    if job_run.state == JobRun.State.SUCCEEDED:
        return "Succeeded"
    return str((job_run.error or {}).get("message", "")) or job_run.state.capitalize()


def _time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else None
