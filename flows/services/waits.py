"""Waits of runs as people see and end them. An answer is one guarded update: the first wins, the others are told so."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import conflict
from flows.engine.cursor import Cursor, Suspension
from flows.models import QueueEntry, Run
from flows.services.doorbell import ring_on_commit
from flows.store.database import epoch_ms


@dataclass(frozen=True, slots=True)
class Wait:
    """What a run waits for.

    Args:
        since: when the node began to wait; None where that was not kept.
        until: None waits for someone.
        answers: the ports behind which a person can let it go on now.
        countdown: whether the live view counts down to `until`.
    """

    node: str
    reason: str
    since: datetime | None
    until: datetime | None
    answers: list[str]
    countdown: bool


def wait_of(run: Run) -> Wait | None:
    """What the run waits for; None when no node of it waits."""
    if run.status != Run.Status.WAITING:
        return None
    entry = QueueEntry.objects.filter(run_id=run.id, owner="").only("cursor").first()
    wait = Cursor.from_json(entry.cursor).suspension if entry and entry.cursor else None
    if wait is None:
        return None
    return Wait(wait.node, wait.reason, wait.since, run.due_at, wait.answers, wait.countdown)


def answer_wait(*, actor: Actor, run: Run, node: str, port: str = "out") -> Run:
    """Let a run that waits go on behind a port, before its time.

    Raises:
        Problem: 409 `answered_already`, `not_waiting`, `cannot_be_answered`.
    """
    actor.need(Permission.run_flows)
    with transaction.atomic():
        entry = QueueEntry.objects.select_for_update().filter(run_id=run.id).first()
        cursor = Cursor.from_json(entry.cursor) if entry and entry.cursor and not entry.owner else None
        wait = cursor.suspension if cursor else None
        if entry is None or cursor is None or wait is None or wait.node != node or entry.cancel_requested:
            raise conflict("not_waiting", "This step does not wait any more.", hint="Load the run again.")
        _take(wait, port, actor)
        entry.cursor = cursor.to_json()
        entry.due_ms = epoch_ms(datetime.now(UTC))
        entry.save(update_fields=["cursor", "due_ms"])
        audit.record(
            actor,
            "continued",
            "run",
            str(run.id),
            tenant_id=run.tenant_id,
            changes={"node": node, "port": port},
        )
        ring_on_commit()
    run.refresh_from_db()
    return run


def _take(wait: Suspension, port: str, actor: Actor) -> None:
    if wait.answer:
        raise conflict("answered_already", wait.answer, hint="Load the run again.")
    if port not in wait.answers:
        raise conflict(
            "cannot_be_answered",
            "This step cannot be continued by hand." if not wait.answers else f"There is no answer {port!r}.",
            hint="Wait until its time has come, or cancel the run.",
        )
    wait.port, wait.answer = port, f"{actor.name} let the run go on before its time."
