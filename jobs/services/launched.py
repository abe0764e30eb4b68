"""What a flow launched and waits for: runs of jobs, of flows, and of approved commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.scope import visible
from common.ids import uuid_from
from common.problems import Problem, not_found
from flows.models import Flow, Run
from flows.services.causes import current_cause
from flows.services.events import emit_event
from flows.services.reach import flows_in_reach
from flows.services.runs import cancel_run
from flows.services.starting import MANUAL_START
from flows.store.new_events import NewEvent
from jobs.models import Job, JobRun
from jobs.services.launching import cancel_job_run
from jobs.services.output import outcome_of
from jobs.services.reach import usable_commands

Kind = Literal["job", "flow"]
FINAL: Final = frozenset(JobRun.FINAL)
MOST_OUTPUT: Final = 16_384
"""Characters of an output that go on in the record."""


@dataclass(frozen=True, slots=True)
class Launched:
    """One that was launched: a job run, or a run of a flow. `called` is what people know it as."""

    kind: Kind
    id: str
    called: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where one stands; exit code and output are those of a command."""

    state: str
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""
    error: Mapping[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in FINAL


def flow_called(actor: Actor, called: str) -> Flow:
    """A flow of the owner, by id or name.

    Raises:
        Problem: 404 `not_found`.
    """
    rows = flows_in_reach(actor)
    found = rows.filter(name=called).order_by("created_at").first()
    if found is None and (flow_id := uuid_from(called)):
        found = rows.filter(id=flow_id).first()
    if found is None:
        raise not_found(f"There is no flow {called[:200]!r}.", hint="Write its name, or its id.")
    return found


def start_flow_once(flow: Flow, payload: Mapping[str, Any], key: str) -> Launched:
    """Run a flow with a payload, once for a key.

    Raises:
        Problem: 409 `switched_off`.
    """
    cause = current_cause()
    event = NewEvent(
        type=MANUAL_START,
        payload=dict(payload),
        tenant_id=flow.tenant_id,
        source="launch",
        dedup_key=key,
        flow_id=flow.id,
        cause_run_id=cause.run_id if cause else None,
        depth=cause.depth + 1 if cause else 0,
    )
    with transaction.atomic():
        accepted = emit_event(event)
    run = accepted.runs[0] if accepted.runs else _earlier_run(flow, accepted.id)
    return Launched("flow", str(run), flow.name)


def _earlier_run(flow: Flow, event_id: UUID) -> UUID:
    found = Run.objects.filter(event_id=event_id, flow=flow).values_list("id", flat=True).first()
    if found is None:
        raise Problem(
            409,
            "switched_off",
            f"The flow {flow.name!r} did not start.",
            hint="Publish it and switch it on; its event says more.",
        )
    return found


def job_of_command(actor: Actor, called: str) -> Job:
    """The job by which flows launch an approved command: one for each owner and command, made when first needed.

    Raises:
        Problem: 404 `not_found`.
    """
    command = usable_commands(actor.tenant_id).filter(name=called).first()
    if command is None:
        raise not_found(
            f"There is no command {called[:200]!r} that this flow may run.",
            hint="Choose an approved command, or ask the platform's admin to approve it.",
        )
    name = f"Command {command.name}"
    known = visible(Job, actor).filter(command=command, name=name, deleted_at=None)
    if actor.tenant_id is None:
        known = known.filter(tenant=None)
    found = known.order_by("created_at").first()
    if found is not None:
        return found
    now = datetime.now(UTC)
    job = Job(
        tenant_id=actor.tenant_id,
        name=name,
        description="Launched by flows; each launch says its own arguments.",
        kind=Job.Kind.COMMAND,
        command=command,
        allow_overlap=True,
        created_by=actor.name,
        created_at=now,
        updated_at=now,
    )
    with transaction.atomic():
        job.save()
        audit.record(actor, "created", "job", str(job.id), tenant_id=job.tenant_id, changes={"name": name})
    return job


def outcome(launched: Launched) -> Outcome:
    """Where it stands; what is gone has failed."""
    if launched.kind == "flow":
        run = Run.objects.filter(id=launched.id).first()
        return Outcome("failed") if run is None else Outcome(run.status, error=run.error)
    job_run = JobRun.objects.filter(id=launched.id).first()
    if job_run is None:
        return Outcome("failed")
    if not job_run.is_over:
        return Outcome(job_run.state)
    written = outcome_of(job_run) if job_run.run_id else {}
    return Outcome(
        job_run.state,
        job_run.exit_code,
        str(written.get("stdout", ""))[:MOST_OUTPUT],
        str(written.get("stderr", ""))[:MOST_OUTPUT],
        job_run.error,
    )


def stop_all(actor: Actor, launched: Sequence[Launched]) -> list[str]:
    """Cancel those that are not over; the names of what could not be stopped."""
    left = []
    for one in launched:
        try:
            stop_one(actor, one)
        except Problem:
            left.append(one.called)
    return left


def stop_one(
    actor: Actor, launched: Launched, *, how: str = "", force_after: timedelta | None = None
) -> bool:
    """Cancel one; False when it is over already, or gone.

    Args:
        how, force_after: of a job run, as `cancel_job_run` takes them.

    Raises:
        Problem: it cannot be cancelled.
    """
    try:
        if launched.kind == "flow":
            cancel_run(actor=actor, run=Run.objects.get(id=launched.id))
        else:
            job_run = JobRun.objects.get(id=launched.id)
            cancel_job_run(actor=actor, job_run=job_run, how=how, force_after=force_after)
    except (Run.DoesNotExist, JobRun.DoesNotExist):
        return False
    except Problem as problem:
        if problem.code != "run_is_over":
            raise
        return False
    return True
