"""Events in, runs queued: the one place where an event becomes rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.ids import new_id
from flows.engine.admission import Admission, admission, is_free
from flows.engine.subject import plain_subject
from flows.sdk import LifeCycle
from flows.store import life_cycle, queue
from flows.store.database import epoch_ms, insert_rows, json_text, key, marks, moment, uuid_of
from flows.store.fates import fate_of
from flows.store.life_cycle import Change
from flows.store.new_events import Accepted, KeyReused, NewEvent
from flows.store.trigger_index import Listener, TriggerIndex
from flows.store.verdicts import IN_TRANSACTION_WORK, judge

MOST_CHAINED = 100
"""So many life-cycle events of runs that life-cycle events started in the same transaction start others there."""
TELLING_WORK = 10 * IN_TRANSACTION_WORK
"""For the conditions on all life-cycle events of a transaction: 50 ms."""
EVENT_COLUMNS = {
    "id": "uuid", "tenant_id": "bigint", "type": "text", "source": "text", "dedup_hash": "text",
    "dedup_key": "text", "body_hash": "text", "payload": "text", "accepted_at": "timestamptz",
    "cause_run_id": "uuid", "depth": "int", "outcomes": "text", "run_count": "int",
}  # fmt: skip
RUN_COLUMNS = {
    "id": "uuid", "flow_id": "uuid", "version_id": "uuid", "tenant_id": "bigint", "event_id": "uuid",
    "status": "text", "created_at": "timestamptz", "finished_at": "timestamptz", "wait_reason": "text",
    "subject": "text", "error": "text", "is_test": "boolean",
}  # fmt: skip
QUEUE_COLUMNS = {
    "run_id": "uuid", "flow_id": "uuid", "tenant_id": "bigint", "is_held": "boolean", "due_ms": "bigint",
    "owner": "text", "fence": "int", "lost_leases": "int", "cancel_requested": "boolean",
}  # fmt: skip


@dataclass(slots=True)
class _Batch:
    events: list[tuple[Any, ...]] = field(default_factory=list)
    runs: list[tuple[Any, ...]] = field(default_factory=list)
    queue: list[tuple[Any, ...]] = field(default_factory=list)
    one_by_one: set[UUID] = field(default_factory=set)
    opened: Counter[UUID] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)


def insert_events(cursor: Any, index: TriggerIndex, events: Sequence[NewEvent]) -> list[Accepted | KeyReused]:
    """Store events and queue one run for each flow that listens. Inside a transaction; all or nothing.

    Args:
        index: renewed in the same transaction.
        events: with a verdict on each condition of the index; none is tried here, where others wait.

    Returns:
        One entry an event. After a `KeyReused` the caller must roll back what belongs to the same request.
    """
    results, changes = _insert(cursor, index, events)
    tell(cursor, index, changes)
    return results


def tell(cursor: Any, index: TriggerIndex, changes: Sequence[Change]) -> bool:
    """Store the life-cycle events of runs that changed, and queue what listens to them. Inside the transaction of the
    change.

    Args:
        index: knows at least the listeners to life-cycle events.

    Returns:
        Whether somebody listened.
    """
    events = life_cycle.events_of(cursor, index, changes)
    tell_events(cursor, index, events)
    return bool(events)


def tell_events(cursor: Any, index: TriggerIndex, events: Sequence[NewEvent]) -> None:
    """Store life-cycle events, and those of the runs that they start."""
    left = MOST_CHAINED
    while events:
        for event in events:
            judge(index, event, TELLING_WORK // len(events))
        _, changes = _insert(cursor, index, events)
        chained = life_cycle.events_of(cursor, index, changes)
        for event in chained[left:]:
            event.is_cut = True
        left, events = max(0, left - len(chained)), chained


def _insert(
    cursor: Any, index: TriggerIndex, events: Sequence[NewEvent]
) -> tuple[list[Accepted | KeyReused], list[Change]]:
    now = datetime.now(UTC)
    known = _known(cursor, [event.dedup_hash for event in events if event.dedup_key])
    batch = _Batch()
    results: list[Accepted | KeyReused] = []
    for event in events:
        body_hash = event.body_hash() if event.dedup_key else ""
        earlier = known.get(event.dedup_hash or "")
        if earlier is not None:
            first_id, first_body = earlier
            reused = first_body != body_hash
            results.append(KeyReused(event.dedup_key) if reused else Accepted(first_id, is_duplicate=True))
            continue
        if event.dedup_hash:
            known[event.dedup_hash] = (event.id, body_hash)
        results.append(_start(cursor, index, batch, event, body_hash, now))
    insert_rows(cursor, "flows_event", EVENT_COLUMNS, batch.events)
    insert_rows(cursor, "flows_run", RUN_COLUMNS, batch.runs)
    insert_rows(cursor, "flows_queueentry", QUEUE_COLUMNS, batch.queue)
    queue.promote(cursor, sorted(batch.one_by_one), now)
    return results, batch.changes


def stored_before(cursor: Any, events: Sequence[NewEvent]) -> list[Accepted]:
    """What a transaction put down whose answer was lost: one entry an event, or nothing when it was rolled back.

    It tells by the ids, which no two tries of different events share. Repeated deliveries in it read as such.
    """
    by_key = {
        row[1]: row for row in _rows_of(cursor, "dedup_hash", [e.dedup_hash for e in events if e.dedup_key])
    }
    by_id = {row[0]: row for row in _rows_of(cursor, "id", [key(event.id) for event in events])}
    if not by_id:
        return []
    ids = list(by_id)
    cursor.execute(f"SELECT event_id, id FROM flows_run WHERE event_id IN ({marks(ids)}) ORDER BY id", ids)  # noqa: S608
    runs: dict[Any, list[UUID]] = {}
    for event_id, run_id in cursor.fetchall():
        runs.setdefault(event_id, []).append(uuid_of(run_id))
    found = []
    for event in events:
        if (own := key(event.id)) in by_id:
            found.append(Accepted(event.id, is_duplicate=False, runs=tuple(runs.get(own, ()))))
        else:
            found.append(Accepted(uuid_of(by_key[event.dedup_hash][0]), is_duplicate=True))
    return found


def _rows_of(cursor: Any, column: str, values: Sequence[Any]) -> list[Any]:
    if not values:
        return []
    cursor.execute(
        f"SELECT id, dedup_hash FROM flows_event WHERE {column} IN ({marks(values)})",  # noqa: S608
        list(values),
    )
    return list(cursor.fetchall())


def _known(cursor: Any, hashes: Sequence[str | None]) -> dict[str, tuple[UUID, str]]:
    if not hashes:
        return {}
    cursor.execute(
        f"SELECT dedup_hash, id, body_hash FROM flows_event WHERE dedup_hash IN ({marks(hashes)})",  # noqa: S608
        list(hashes),
    )
    return {row[0]: (uuid_of(row[1]), row[2]) for row in cursor.fetchall()}


def _start(
    cursor: Any, index: TriggerIndex, batch: _Batch, event: NewEvent, body_hash: str, now: datetime
) -> Accepted:
    fate = fate_of(index, event)
    subject = plain_subject(event.payload) if fate.starts else ""
    runs = [_queue_run(cursor, batch, event, listener, subject, now) for listener in fate.starts]
    batch.events.append(
        (
            key(event.id),
            event.tenant_id,
            event.type,
            event.source,
            event.dedup_hash,
            event.dedup_key,
            body_hash,
            event.payload_text(),
            moment(now),
            key(event.cause_run_id) if event.cause_run_id else None,
            event.depth,
            fate.outcomes,
            len(runs),
        )
    )
    return Accepted(event.id, is_duplicate=False, runs=tuple(runs))


def _queue_run(
    cursor: Any, batch: _Batch, event: NewEvent, listener: Listener, subject: str, now: datetime
) -> UUID:
    run_id = new_id()
    admitted = _admission(cursor, batch, listener)
    tenant_id = event.tenant_id if event.tenant_id is not None else listener.tenant_id
    is_refused = bool(admitted.refusal)
    error = {"code": admitted.refusal, "message": admitted.message} if is_refused else None
    batch.runs.append(
        (
            key(run_id),
            key(listener.flow_id),
            key(listener.version_id),
            tenant_id,
            key(event.id),
            "cancelled" if is_refused else "queued",
            moment(now),
            moment(now) if is_refused else None,
            "",
            subject,
            json_text(error),
            event.is_test,
        )
    )
    change = LifeCycle.CANCELLED if is_refused else LifeCycle.QUEUED
    batch.changes.append(Change(run_id, change, now))
    if not is_refused:
        if admitted.is_held:
            batch.one_by_one.add(listener.flow_id)
        batch.queue.append(
            (
                key(run_id),
                key(listener.flow_id),
                tenant_id,
                admitted.is_held,
                epoch_ms(now),
                "",
                0,
                0,
                False,
            )
        )
    return run_id


def _admission(cursor: Any, batch: _Batch, listener: Listener) -> Admission:
    setting, flow_id = listener.concurrency, listener.flow_id
    if is_free(setting):
        return admission(setting, 0)
    if flow_id not in batch.opened:
        batch.opened[flow_id] = queue.open_runs(cursor, flow_id)
    admitted = admission(setting, batch.opened[flow_id])
    if not admitted.refusal:
        batch.opened[flow_id] += 1
    return admitted
