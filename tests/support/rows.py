"""Runs and queue entries as rows, for tests of the store that need no plan and no runner."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from common.ids import new_id
from flows.engine.run_store import ClaimedRun, LogEntry, StepChange, Writes
from flows.engine.states import RunStatus, StepStatus
from flows.models import Event, Flow, FlowVersion, QueueEntry, Run
from flows.store import journal, queue
from flows.store.database import epoch_ms


def a_flow() -> Flow:
    """A flow with one version; its document does not compile."""
    now = datetime.now(UTC)
    flow = Flow.objects.create(name="F", draft={}, draft_saved_at=now, created_at=now, updated_at=now)
    flow.published = FlowVersion.objects.create(flow=flow, number=1, document={}, published_at=now)
    flow.save()
    return flow


def a_run(flow: Flow, *, due_in: float | None = -1.0, **fields: Any) -> Run:
    """A queued run, due `due_in` seconds from now.

    Args:
        fields: of its queue entry.
    """
    now = datetime.now(UTC)
    event = Event.objects.create(type="a.b", source="t", payload={"id": 1}, accepted_at=now)
    run = Run.objects.create(
        id=new_id(), flow=flow, version_id=flow.published_id, event=event, created_at=now
    )
    due_ms = None if due_in is None else epoch_ms(now + timedelta(seconds=due_in))
    QueueEntry.objects.create(run=run, flow_id=flow.id, due_ms=due_ms, **fields)
    return run


def claim(owner: str = "me", limit: int = 10, lease: float = 15.0, later: float = 0.0) -> list[ClaimedRun]:
    """Claim in a transaction of its own, `later` seconds from now."""
    with transaction.atomic(), connection.cursor() as cursor:
        now = datetime.now(UTC) + timedelta(seconds=later)
        return queue.claim(cursor, owner=owner, limit=limit, lease_seconds=lease, now=now)


def write(*writes: Writes) -> set[UUID]:
    """Write in a transaction of its own; the runs whose lease was lost."""
    with transaction.atomic(), connection.cursor() as cursor:
        return journal.write(cursor, writes)


def going_on(run_id: UUID, fence: int, **fields: Any) -> Writes:
    """A write in the middle of a run."""
    return Writes(
        run_id, fence, **{"status": RunStatus.RUNNING, "cursor": {"pending": ["n"], "seq": 1}, **fields}
    )


def finished(run_id: UUID, fence: int, status: RunStatus = RunStatus.SUCCEEDED, **fields: Any) -> Writes:
    """The last write of a run."""
    return Writes(run_id, fence, status, cursor={"pending": ["n"], "seq": 9}, at=datetime.now(UTC), **fields)


def parked(run_id: UUID, fence: int, seconds: float | None) -> Writes:
    """A write that parks a run for so many seconds, or without a time."""
    due = None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)
    return Writes(
        run_id, fence, RunStatus.WAITING, {"pending": ["n"], "seq": 1}, due_at=due, wait_reason="sleep"
    )


def step(
    status: StepStatus = StepStatus.SUCCEEDED, node: str = "n", attempt: int = 1, **fields: Any
) -> StepChange:
    """A step as it stands."""
    return StepChange(node, attempt, fields.pop("seq", 1), status, datetime.now(UTC), **fields)


def log(seq: int, text: str = "Hello") -> LogEntry:
    """A line."""
    return LogEntry(seq, datetime.now(UTC), 20, "n", text)
