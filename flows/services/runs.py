"""Use cases of runs: cancel, retry, resume, decide."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection, transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import visible
from common.ids import new_id
from common.problems import Problem
from flows.engine.cursor import Cursor, Verdict
from flows.engine.states import FINAL_RUN_STATUSES, RunStatus, statuses_before
from flows.models import Flow, QueueEntry, Run, Step, Trigger
from flows.sdk import JsonObject
from flows.services.doorbell import ring_on_commit
from flows.services.run_reading import with_tries
from flows.store.database import epoch_ms
from flows.store.intake import OVERFLOW_MESSAGES
from flows.store.journal import release_entries
from flows.store.queue import promote

PATIENCE_SECONDS = 5.0
"""How long a worker has to stop a run that someone cancelled before another worker may do it."""


def run_for(actor: Actor, run_id: UUID | str, permission: Permission = Permission.view) -> Run:
    """A run that the actor can reach.

    Raises:
        Problem: 404 `not_found`, equal for foreign and unknown ids; 403 `not_allowed`.
    """
    found = with_tries(visible(Run, actor)).filter(id=run_id)
    run = found.select_related("flow", "version", "event").first()
    if run is None:
        raise Problem(404, "not_found", "There is no such run.", hint="Look at the list of runs.")
    actor.need(permission)
    return run


def cancel_run(*, actor: Actor, run: Run) -> Run:
    """Stop a run. One at work stops within seconds; all others at once.

    Raises:
        Problem: 409 `run_is_over`.
    """
    actor.need(Permission.run_flows)
    with transaction.atomic():
        if not _cancel(run.id, f"{actor.name} cancelled the run."):
            run.refresh_from_db()
            raise Problem(409, "run_is_over", f"The run has {run.status} already.")
        audit.record(actor, "cancelled", "run", str(run.id), tenant_id=run.tenant_id)
    run.refresh_from_db()
    return run


def cancel_open_runs(flow: Flow, message: str) -> None:
    """Stop every open run of a flow. Inside a transaction."""
    for run_id in QueueEntry.objects.filter(flow_id=flow.id).values_list("run_id", flat=True):
        _cancel(run_id, message)


def _cancel(run_id: UUID, message: str) -> bool:
    entry = QueueEntry.objects.select_for_update().filter(run_id=run_id).first()
    if entry is None:
        return False
    now = datetime.now(UTC)
    if entry.owner:
        # Its worker looks every second. Should the worker be gone, the lease ends early and whoever claims the run
        # next sees the wish.
        entry.cancel_requested = True
        entry.due_ms = min(entry.due_ms or 0, epoch_ms(now + timedelta(seconds=PATIENCE_SECONDS)))
        entry.save(update_fields=["cancel_requested", "due_ms"])
        return True
    last_cursor = _cancel_step(run_id, entry.cursor, now)
    Run.objects.filter(id=run_id, status__in=statuses_before(RunStatus.CANCELLED)).update(
        status=Run.Status.CANCELLED,
        finished_at=now,
        due_at=None,
        wait_reason="",
        error={"code": "cancelled", "message": message},
        last_cursor=last_cursor,
    )
    with connection.cursor() as cursor:
        release_entries(cursor, [run_id])
    return True


def _cancel_step(run_id: UUID, stored: JsonObject | None, now: datetime) -> JsonObject | None:
    """Mark the step at which the run is parked; gives the cursor with the step's new place in the line of changes."""
    if stored is None or not stored.get("pending"):
        return stored
    cursor = Cursor.from_json(stored)
    if not (cursor.suspension or cursor.intent or cursor.attempts):
        return stored
    cursor.seq += 1
    Step.objects.update_or_create(
        run_id=run_id,
        node_id=cursor.pending[-1],
        attempt=cursor.attempts + 1,
        defaults={"seq": cursor.seq, "status": Step.Status.CANCELLED, "finished_at": now},
        create_defaults={
            "seq": cursor.seq,
            "status": Step.Status.CANCELLED,
            "started_at": now,
            "finished_at": now,
        },
    )
    return cursor.to_json()


def retry_run(*, actor: Actor, run: Run, version: Literal["same", "newest"] = "same") -> Run:
    """Run the event again from the start, on the version of the run or on the newest one.

    Raises:
        Problem: 409 `run_is_open`, `flow_is_gone`.
    """
    actor.need(Permission.run_flows)
    flow = run.flow
    if run.status not in FINAL_RUN_STATUSES:
        raise Problem(409, "run_is_open", "The run is still open.", hint="Wait for its end, or cancel it.")
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
        raise Problem(
            409,
            "cannot_resume",
            "Only a run that failed or was cancelled at a step can go on from it.",
            hint="Retry it from the start instead.",
        )
    if run.flow.deleted_at is not None:
        raise _flow_is_gone()
    with transaction.atomic():
        Run.objects.select_for_update().get(id=run.id)
        earlier = run.retries.all()
        if not is_first:
            earlier = earlier.filter(is_resumed=True).exclude(status__in=("failed", "cancelled"))
        if earlier.exists():
            raise Problem(409, "resumed_already", "This run has been resumed already.")
        cursor = {
            **run.last_cursor,
            "suspension": None,
            "intent": None,
            "verdict": None,
            "attempts": 0,
            "key": run.last_cursor.get("key") or str(run.id),
        }
        again = _open(run, run.version_id, cursor=cursor)
        _copy_steps(run, again)
        audit.record(
            actor,
            "resumed",
            "run",
            str(run.id),
            tenant_id=run.tenant_id,
            changes={"run": str(again.id)},
        )
    return again


def _flow_is_gone() -> Problem:
    return Problem(409, "flow_is_gone", "The flow of this run was deleted.")


def _open(run: Run, version_id: UUID, cursor: JsonObject | None) -> Run:
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
    )
    mode = _room_for_another(run.flow)
    QueueEntry.objects.create(
        run=again,
        flow_id=run.flow_id,
        tenant_id=run.tenant_id,
        is_held=mode == "queue",
        due_ms=epoch_ms(now),
        cursor=cursor,
    )
    if mode == "queue":
        with connection.cursor() as sql:
            promote(sql, [run.flow_id], now)
    ring_on_commit()
    return again


def _room_for_another(flow: Flow) -> str:
    """The flow's concurrency mode, under a lock on the flow.

    Raises:
        Problem: 409 `already_running`, `limit_reached`.
    """
    Flow.objects.select_for_update(no_key=True).get(id=flow.id)
    trigger = Trigger.objects.filter(flow=flow).first()
    setting = trigger.concurrency if trigger else {}
    mode, limit = setting.get("mode", "parallel"), setting.get("limit")
    opened = QueueEntry.objects.filter(flow_id=flow.id).count() if mode != "parallel" or limit else 0
    code = "already_running" if mode == "single" and opened else ""
    code = code or ("limit_reached" if limit is not None and opened >= limit else "")
    if code:
        raise Problem(409, code, OVERFLOW_MESSAGES[code], hint="Wait until a run of this flow has ended.")
    return str(mode)


def _copy_steps(run: Run, again: Run) -> None:
    """The finished steps go over, so that the new run reads as a whole and its nodes find their records."""
    done = run.steps.filter(status__in=(Step.Status.SUCCEEDED, Step.Status.SKIPPED, Step.Status.FAILED))
    pending = set(run.last_cursor["pending"]) if run.last_cursor else set()
    copies = [step for step in done if step.node_id not in pending]
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
    with transaction.atomic():
        entry = QueueEntry.objects.select_for_update().filter(run_id=run.id).first()
        cursor: dict[str, Any] = dict(entry.cursor or {}) if entry else {}
        if entry is None or entry.owner or cursor.get("intent") != node or cursor.get("verdict"):
            raise Problem(
                409, "not_interrupted", "This step does not wait for a decision.", hint="Load the run again."
            )
        cursor["verdict"] = decision
        entry.cursor = cursor
        entry.due_ms = epoch_ms(datetime.now(UTC))
        entry.save(update_fields=["cursor", "due_ms"])
        audit.record(
            actor,
            "decided",
            "run",
            str(run.id),
            tenant_id=run.tenant_id,
            changes={"node": node, "decision": decision},
        )
        ring_on_commit()
    run.refresh_from_db()
    return run
