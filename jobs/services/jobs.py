"""Making and changing jobs."""

from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem, bad_value, forbidden
from flows.models import Flow
from jobs.models import Command, Job
from jobs.services.checks import are_exit_codes, check_request
from jobs.services.follow_ups import delete_follow_ups
from jobs.services.launching import cancel_open
from jobs.services.reach import usable_commands
from jobs.services.timing import check_schedule, next_tick

FIELDS: Final = (
    "name",
    "description",
    "kind",
    "command",
    "flow",
    "parameters",
    "environment",
    "working_directory",
    "input",
    "timeout_seconds",
    "expected_exit_codes",
    "interval",
    "cron",
    "zone",
    "delay_seconds",
    "max_attempts",
    "backoff",
    "min_gap_seconds",
    "deadline",
    "allow_late",
    "allow_overlap",
    "needs_credentials",
    "on_success",
    "on_failure",
    "is_enabled",
)
SCHEDULE: Final = frozenset({"interval", "cron", "zone", "is_enabled"})
NOT_TOLD: Final = frozenset({"environment", "input"})
"""Fields that may hold what not every reader of the audit trail should see."""


def create_job(*, actor: Actor, tenant_id: int | None = None, **values: Any) -> Job:
    """A job of the actor's tenant; the platform's people name the owner. `values` are columns of `Job`.

    Raises:
        Problem: 400 with the field at fault; 403 `not_allowed`, `command_not_allowed`.
    """
    actor.need(Permission.publish_flows)
    now = datetime.now(UTC)
    owner = tenant_id if actor.is_platform else actor.tenant_id
    job = Job(tenant_id=owner, created_by=actor.name, created_at=now, updated_at=now)
    changes = _fill(job, values)
    job.next_at = next_tick(job, now)
    with transaction.atomic():
        job.save()
        audit.record(actor, "created", "job", str(job.id), tenant_id=owner, changes=changes)
    return job


def change_job(*, actor: Actor, job: Job, **values: Any) -> Job:
    """Change a job; runs that are at work keep what they began with. The trail keeps the old schedule.

    Raises:
        Problem: 400 with the field at fault; 403 `not_allowed`, `command_not_allowed`.
    """
    actor.need(Permission.publish_flows)
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(id=job.id)
        changes = _fill(locked, values)
        if SCHEDULE & changes.keys():
            locked.next_at = next_tick(locked, datetime.now(UTC))
        locked.updated_at = datetime.now(UTC)
        locked.save()
        audit.record(actor, "updated", "job", str(job.id), tenant_id=job.tenant_id, changes=changes)
    return locked


def delete_job(*, actor: Actor, job: Job) -> None:
    """Take a job away with what follows it: it starts no more, and what is open of it is cancelled. Its runs stay
    readable."""
    actor.need(Permission.publish_flows)
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(id=job.id)
        locked.deleted_at = datetime.now(UTC)
        locked.is_enabled, locked.next_at = False, None
        locked.save(update_fields=["deleted_at", "is_enabled", "next_at"])
        cancel_open(locked, "The job was deleted.")
        delete_follow_ups(actor, locked)
        audit.record(
            actor, "deleted", "job", str(job.id), tenant_id=job.tenant_id, changes={"name": job.name}
        )


def _fill(job: Job, values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"Job has no {', '.join(sorted(unknown))}.")
    changes: dict[str, Any] = {}
    for name, value in values.items():
        before = getattr(job, name)
        if job._state.adding or before != value:
            changes[name] = "changed" if name in NOT_TOLD else [_told(before), _told(value)]
        setattr(job, name, value)
    _check(job)
    return changes


def _told(value: Any) -> Any:
    return str(value) if isinstance(value, Command | Flow) else value


def _check(job: Job) -> None:
    if not job.name.strip():
        raise bad_value("name_missing", "The job needs a name.", field="name")
    if job.kind == Job.Kind.COMMAND:
        _check_command(job)
    elif job.kind == Job.Kind.FLOW:
        _check_flow(job)
    else:
        raise bad_value("bad_kind", "A job runs a command or a flow.", field="kind")
    for field, choices in (("interval", Job.Interval), ("backoff", Job.Backoff)):
        if getattr(job, field) not in choices.values:
            raise bad_value("bad_choice", f"{field.capitalize()} is none of the choices.", field=field)
    for field in ("on_success", "on_failure"):
        _check_owner(job, getattr(job, field), field)
    _check_figures(job)
    check_schedule(job)


def _check_command(job: Job) -> None:
    if job.command is None or not usable_commands(job.tenant_id).filter(pk=job.command.pk).exists():
        raise Problem(
            403,
            "command_not_allowed",
            "This job's owner may not use that command.",
            hint="Choose one of the approved commands, or ask the platform's admin to approve it.",
            field="command",
        )
    job.flow = None
    check_request(
        job.command,
        parameters=_object(job.parameters, "parameters"),
        environment=_object(job.environment, "environment"),
        working_directory=job.working_directory,
        input=job.input,
    )


def _check_flow(job: Job) -> None:
    if job.flow is None:
        raise bad_value("flow_missing", "Choose the flow that the job runs.", field="flow")
    _check_owner(job, job.flow, "flow")
    job.command = None
    _object(job.parameters, "parameters")
    for field in ("environment", "working_directory", "input"):
        if getattr(job, field):
            raise bad_value("not_for_flows", "A flow takes parameters alone.", field=field)


def _check_owner(job: Job, flow: Flow | None, field: str) -> None:
    if flow is not None and (flow.tenant_id != job.tenant_id or flow.deleted_at is not None):
        raise forbidden("flow_not_allowed", "The flow does not belong to the job's owner.", field=field)


def _check_figures(job: Job) -> None:
    if not are_exit_codes(job.expected_exit_codes):
        message = "Expected exit codes are whole numbers from 0 to 255."
        raise bad_value("bad_exit_codes", message, field="expected_exit_codes")
    limits = {"delay_seconds": (0, 604_800), "max_attempts": (1, 100), "min_gap_seconds": (0, 604_800)}
    if job.timeout_seconds is not None:
        limits["timeout_seconds"] = (1, 82_800)
    for field, (least, most) in limits.items():
        value = getattr(job, field)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise bad_value("bad_limit", f"{field} is between {least} and {most}.", field=field)


def _object(value: Any, field: str) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > 200:
        raise bad_value("bad_object", "Names and their values.", field=field)
    return value
