"""Use cases of runs: cancel, retry, resume, decide."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import connection, transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.ids import new_id
from common.problems import Problem, conflict
from flows.engine.admission import Admission, admission, concurrency_of, is_free
from flows.engine.cursor import Cursor, Verdict
from flows.engine.ending import cancelled, must_be_stopped
from flows.engine.states import FINAL_RUN_STATUSES, PASSED_ON
from flows.models import Flow, QueueEntry, Run, Step, Trigger
from flows.sdk import LifeCycle
from flows.services.doorbell import ring_on_commit
from flows.services.waking import wake_run
from flows.store import journal
from flows.store.database import epoch_ms
from flows.store.life_cycle import Change
from flows.store.queue import open_runs, promote

PATIENCE_SECONDS = 5.0
"""How long a worker has to stop a run that someone cancelled before another worker may do it."""


def cancel_run(*, actor: Actor, run: Run) -> Run:
    """Stop a run. One at work stops within seconds; all others at once.

    Raises:
        Problem: 409 `run_is_over`.
    """
    actor.need(Permission.run_flows)
    with transaction.atomic():
        if not _cancel(run.id, f"{actor.name} cancelled the run."):
            run.refresh_from_db()
            raise conflict("run_is_over", f"The run has {run.status} already.")
        audit.record(actor, "cancelled", "run", str(run.id), tenant_id=run.tenant_id)
    run.refresh_from_db()
    return run


def cancel_open_runs(flow: Flow, message: str) -> None:
    """Stop every open run of a flow. Inside a transaction."""
    changes: list[Change] = []
    for run_id in QueueEntry.objects.filter(flow_id=flow.id).values_list("run_id", flat=True):
        _cancel(run_id, message, lambda _, more: changes.extend(more))
    with connection.cursor() as cursor:
        journal.tell_at_once(cursor, changes)


def _cancel(run_id: UUID, message: str, changed: journal.Changed = journal.tell_at_once) -> bool:
    entry = QueueEntry.objects.select_for_update().filter(run_id=run_id).first()
    if entry is None:
        return False
    now = datetime.now(UTC)
    if entry.owner or must_be_stopped(entry.cursor):
        # Its worker looks every second. Should the worker be gone, the lease ends early and whoever claims the run
        # next sees the wish.
        patience = timedelta(seconds=PATIENCE_SECONDS if entry.owner else 0)
        entry.cancel_requested = True
        entry.due_ms = min(entry.due_ms or 0, epoch_ms(now + patience))
        entry.save(update_fields=["cancel_requested", "due_ms"])
        ring_on_commit()
        return True
    with connection.cursor() as cursor:
        journal.write(cursor, [cancelled(run_id, entry.fence, entry.cursor, now, message)], changed)
    ring_on_commit()
    return True


def retry_run(*, actor: Actor, run: Run, version: Literal["same", "newest"] = "same") -> Run:
    """Run the event again from the start, on the version of the run or on the newest one.

    Raises:
        Problem: 409 `run_is_open`, `flow_is_gone`.
    """
    actor.need(Permission.run_flows)
    flow = run.flow
    if not _is_shown(flow):
        raise _is_managed()
    if run.status not in FINAL_RUN_STATUSES:
        raise conflict("run_is_open", "The run is still open.", hint="Wait for its end, or cancel it.")
    if flow.deleted_at is not None or flow.published_id is None:
        raise _flow_is_gone()
    version_id = run.version_id if version == "same" else flow.published_id
    with transaction.atomic():
        again = _open(run, version_id, cursor=None)
        audit.record(
            actor,
            "retried",
            "run",
            str(run.id),
            tenant_id=run.tenant_id,
            changes={"run": str(again.id), "version": version},
        )
    return again


def resume_run(*, actor: Actor, run: Run, is_first: bool = False) -> Run:
    """Go on from the step at which a run failed or was cancelled, in a new run that takes over what was done.

    The finished run stays as it is. The failed step keeps its idempotency key.

    Args:
        is_first: only if nobody has resumed or repeated it before, with whatever outcome.

    Raises:
        Problem: 409 `cannot_resume`, `resumed_already`, `flow_is_gone`.
    """
    actor.need(Permission.run_flows)
    if run.status not in (Run.Status.FAILED, Run.Status.CANCELLED) or run.last_cursor is None:
        raise conflict(
            "cannot_resume",
            "Only a run that failed or was cancelled at a step can go on from it.",
            hint="Retry it from the start instead.",
        )
    if not _is_shown(run.flow):
        raise _is_managed()
    if run.flow.deleted_at is not None:
        raise _flow_is_gone()
    with transaction.atomic():
        Run.objects.select_for_update().get(id=run.id)
        earlier = run.retries.all()
        if not is_first:
            earlier = earlier.filter(is_resumed=True).exclude(status__in=("failed", "cancelled"))
        if earlier.exists():
            raise conflict("resumed_already", "This run has been resumed already.")
        cursor = Cursor.from_json(run.last_cursor).resumed(key=str(run.id))
        again = _open(run, run.version_id, cursor=cursor)
        _copy_steps(run, again, cursor)
        audit.record(
            actor,
            "resumed",
            "run",
            str(run.id),
            tenant_id=run.tenant_id,
            changes={"run": str(again.id)},
        )
    return again


def _is_shown(flow: Flow) -> bool:
    return not flow.is_managed or bool(flow.followed_file)


def _is_managed() -> Problem:
    hint = "Launch the job again, or put the hook back into its file."
    return conflict(
        "managed_flow", "The program made this run for itself, and does not repeat it.", hint=hint
    )


def _flow_is_gone() -> Problem:
    return conflict("flow_is_gone", "The flow of this run was deleted.")


def _open(run: Run, version_id: UUID, cursor: Cursor | None) -> Run:
    now = datetime.now(UTC)
    again = Run.objects.create(
        id=new_id(),
        flow_id=run.flow_id,
        version_id=version_id,
        tenant_id=run.tenant_id,
        event_id=run.event_id,
        status=Run.Status.QUEUED,
        created_at=now,
        subject=run.subject,
        retried_from=run,
        is_resumed=cursor is not None,
        is_test=run.is_test,
    )
    admitted = _admitted(run.flow)
    QueueEntry.objects.create(
        run=again,
        flow_id=run.flow_id,
        tenant_id=run.tenant_id,
        is_held=admitted.is_held,
        due_ms=epoch_ms(now),
        cursor=None if cursor is None else cursor.to_json(),
    )
    with connection.cursor() as sql:
        if admitted.is_held:
            promote(sql, [run.flow_id], now)
        journal.tell_at_once(sql, [Change(again.id, LifeCycle.QUEUED, now)])
    ring_on_commit()
    return again


def _admitted(flow: Flow) -> Admission:
    """What the flow makes of one more run.

    Raises:
        Problem: 409 `already_running`, `limit_reached`.
    """
    trigger = Trigger.objects.filter(flow=flow).first()
    setting = concurrency_of(trigger.concurrency if trigger else {})
    opened = 0
    if not is_free(setting):
        with connection.cursor() as sql:
            opened = open_runs(sql, flow.id)
    admitted = admission(setting, opened)
    if admitted.refusal:
        hint = "Wait until a run of this flow has ended."
        raise conflict(admitted.refusal, admitted.message, hint=hint)
    return admitted


def _copy_steps(run: Run, again: Run, cursor: Cursor) -> None:
    """The finished steps go over, so that the new run reads as a whole and its nodes find their records."""
    copies = list(run.steps.filter(status__in=PASSED_ON).exclude(node_id__in=cursor.pending))
    for step in copies:
        step.pk = None
        step.run = again
    Step.objects.bulk_create(copies)


def decide_interrupted(*, actor: Actor, run: Run, node: str, decision: Verdict) -> Run:
    """Say what happens to a step whose worker died in the middle of it.

    Raises:
        Problem: 409 `not_interrupted`.
    """
    actor.need(Permission.run_flows)

    def say(cursor: Cursor | None) -> None:
        if cursor is None or not cursor.waits_for_verdict(node):
            raise conflict(
                "not_interrupted", "This step does not wait for a decision.", hint="Load the run again."
            )
        cursor.verdict = decision

    with transaction.atomic():
        wake_run(run.id, say)
        audit.record(
            actor,
            "decided",
            "run",
            str(run.id),
            tenant_id=run.tenant_id,
            changes={"node": node, "decision": decision},
        )
    run.refresh_from_db()
    return run
