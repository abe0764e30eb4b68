"""The journal: what many runs write down, in one transaction, each under its fence."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from flows.engine.run_store import ClaimedRun, Writes
from flows.engine.states import FINAL_RUN_STATUSES, RunStatus
from flows.sdk import LIFE_CYCLE_EVENTS, LifeCycle
from flows.store import life_cycle, queue, reviews
from flows.store.accepting import tell
from flows.store.database import (
    epoch_ms,
    insert_rows,
    is_postgres,
    json_text,
    key,
    marks,
    moment,
    uuid_of,
    written_by_hand,
)
from flows.store.life_cycle import Change
from flows.store.trigger_index import TriggerIndex

STEP_COLUMNS = {
    "run_id": "uuid", "node_id": "text", "attempt": "int", "seq": "int", "status": "text", "port": "text",
    "started_at": "timestamptz", "finished_at": "timestamptz", "output": "text", "error": "text",
}  # fmt: skip
STEP_UPSERT = (
    "ON CONFLICT (run_id, node_id, attempt) DO UPDATE SET seq = excluded.seq, status = excluded.status, "
    "port = excluded.port, finished_at = excluded.finished_at, output = excluded.output, error = excluded.error"
)
LOG_COLUMNS = {
    "run_id": "uuid", "seq": "int", "at": "timestamptz", "level": "int", "node_id": "text", "text": "text",
}  # fmt: skip


Changed = Callable[[Any, Sequence[Change]], None]
"""Called with the transaction's cursor and runs that changed, to tell of them."""


class DatabaseRunStore:
    """`flows.engine.run_store.RunStore` on Django's database connection of the calling thread.

    Args:
        ring: called after a commit that queued runs.
    """

    def __init__(self, ring: Callable[[], None] = lambda: None) -> None:
        self._ring = ring
        self._index = TriggerIndex(LIFE_CYCLE_EVENTS)

    def exchange(
        self, writes: Sequence[Writes], *, owner: str, claim: int, lease_seconds: float, suspect: bool
    ) -> tuple[set[UUID], list[ClaimedRun]]:
        """Put down `writes` and claim up to `claim` due runs, in one transaction."""
        is_renewed = False

        def changed(cursor: Any, changes: Sequence[Change]) -> None:
            nonlocal is_renewed
            if not changes:
                return
            if not is_renewed:
                self._index.refresh(cursor)
                is_renewed = True
            if tell(cursor, self._index, changes):
                transaction.on_commit(self._ring)

        with written_by_hand() as cursor:
            lost = write(cursor, writes, changed) if writes else set()
            now = datetime.now(UTC)
            claimed = (
                queue.claim(
                    cursor, owner=owner, limit=claim, lease_seconds=lease_seconds, now=now, suspect=suspect
                )
                if claim
                else []
            )
            changed(cursor, [Change(run.run_id, LifeCycle.STARTED, now) for run in claimed if run.is_first])
        return lost, claimed

    def seconds_to_due(self) -> float:
        """Until a run can be claimed."""
        return queue.seconds_to_due(datetime.now(UTC))

    def renew(self, owner: str, run_ids: Sequence[UUID], lease_seconds: float) -> None:
        """Prolong the lease of these runs, as far as `owner` still holds them."""
        queue.renew(owner, run_ids, lease_seconds)

    def release(self, owner: str) -> int:
        """Give back every run that `owner` holds."""
        return queue.release(owner, datetime.now(UTC))

    def expire(self, owner: str) -> int:
        """End the leases of an owner that is dead."""
        return queue.expire(owner, datetime.now(UTC))

    def cancel_requests(self, owner: str) -> set[UUID]:
        """The runs of `owner` that someone wants cancelled."""
        return queue.cancel_requests(owner)


def tell_at_once(cursor: Any, changes: Sequence[Change]) -> None:
    """Runs changed, in a transaction that may have changed triggers before: they are read as they are in it."""
    if changes:
        tell(cursor, TriggerIndex.of_life_cycle(cursor), changes)


def write(cursor: Any, writes: Sequence[Writes], changed: Changed = tell_at_once) -> set[UUID]:
    """Put down what still holds its lease; returns the runs that do not.

    Args:
        changed: tells of the runs that end.
    """
    fences = _fences(cursor, [entry.run_id for entry in writes])
    valid = [entry for entry in writes if fences.get(entry.run_id, (-1, ""))[0] == entry.fence]
    # A commit whose answer was lost is put down again. A review of it may have been decided since.
    known = {entry.run_id for entry in valid if entry.review and not fences[entry.run_id][1]}
    _insert_steps(cursor, valid)
    _insert_logs(cursor, valid)
    _name_runs(cursor, valid)
    # Before the runs leave the queue: flows are locked before the runs that wait for their turn in them, as at intake.
    changed(cursor, life_cycle.ended(valid, datetime.now(UTC)))
    _move_runs(cursor, [entry for entry in valid if entry.run_id not in known])
    reviews.tell([entry for entry in valid if entry.run_id not in known])
    return {entry.run_id for entry in writes} - {entry.run_id for entry in valid}


def _fences(cursor: Any, run_ids: list[UUID]) -> dict[UUID, tuple[int, str]]:
    """Fence and owner of each open run."""
    keys = [key(run_id) for run_id in run_ids]
    lock = " ORDER BY run_id FOR UPDATE" if is_postgres() else ""
    cursor.execute(
        f"SELECT run_id, fence, owner FROM flows_queueentry WHERE run_id IN ({marks(keys)}){lock}",  # noqa: S608
        keys,
    )
    return {uuid_of(run_id): (fence, owner) for run_id, fence, owner in cursor.fetchall()}


def _insert_steps(cursor: Any, writes: Sequence[Writes]) -> None:
    rows: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for entry in writes:
        run_key = key(entry.run_id)
        for step in entry.steps:
            rows[run_key, step.node_id, step.attempt] = (
                run_key,
                step.node_id,
                step.attempt,
                step.seq,
                step.status.value,
                step.port,
                moment(step.started_at),
                moment(step.finished_at),
                json_text(step.output),
                json_text(step.error),
            )
    insert_rows(cursor, "flows_step", STEP_COLUMNS, rows.values(), STEP_UPSERT)


def _insert_logs(cursor: Any, writes: Sequence[Writes]) -> None:
    rows = [
        (key(entry.run_id), line.seq, moment(line.at), line.level, line.node_id, line.text)
        for entry in writes
        for line in entry.logs
    ]
    # A commit whose answer was lost is put down again: its lines are there already.
    insert_rows(cursor, "flows_logline", LOG_COLUMNS, rows, "ON CONFLICT (run_id, seq) DO NOTHING")


def _name_runs(cursor: Any, writes: Sequence[Writes]) -> None:
    named = [(entry.subject, key(entry.run_id)) for entry in writes if entry.subject is not None]
    if named:
        cursor.executemany("UPDATE flows_run SET subject = %s WHERE id = %s", named)


def _move_runs(cursor: Any, writes: Sequence[Writes]) -> None:
    final = [entry for entry in writes if entry.status in FINAL_RUN_STATUSES]
    parked = [entry for entry in writes if entry.status is RunStatus.WAITING]
    going_on = [entry for entry in writes if entry.status is RunStatus.RUNNING]
    if final:
        _finish(cursor, final)
    if parked:
        now = epoch_ms(datetime.now(UTC))
        cursor.executemany(
            "UPDATE flows_run SET status = 'waiting', due_at = %s, wait_reason = %s WHERE id = %s",
            [(moment(entry.due_at), entry.wait_reason, key(entry.run_id)) for entry in parked],
        )
        cursor.executemany(
            # Someone may have cancelled it while it was on its way here: then it is due at once.
            "UPDATE flows_queueentry SET owner = '', cursor = %s, "
            "due_ms = CASE WHEN cancel_requested THEN %s ELSE %s END WHERE run_id = %s",
            [
                (
                    json_text(entry.cursor),
                    now,
                    epoch_ms(entry.due_at) if entry.due_at else None,
                    key(entry.run_id),
                )
                for entry in parked
            ],
        )
    if going_on:
        cursor.executemany(
            # It got further, so what it does next is not what killed workers before.
            "UPDATE flows_queueentry SET cursor = %s, lost_leases = CASE WHEN %s THEN lost_leases ELSE 0 END "
            "WHERE run_id = %s",
            [(json_text(entry.cursor), entry.is_in_step, key(entry.run_id)) for entry in going_on],
        )


def _finish(cursor: Any, final: Sequence[Writes]) -> None:
    plain = [entry for entry in final if entry.status is RunStatus.SUCCEEDED]
    if plain:
        keys = [key(entry.run_id) for entry in plain]
        at = moment(max(entry.at or datetime.now(UTC) for entry in plain))
        cursor.execute(
            f"UPDATE flows_run SET status = 'succeeded', finished_at = %s WHERE id IN ({marks(keys)})",  # noqa: S608
            [at, *keys],
        )
    for entry in final:
        if entry.status is not None and entry.status is not RunStatus.SUCCEEDED:
            cursor.execute(
                "UPDATE flows_run SET status = %s, finished_at = %s, error = %s, last_cursor = %s, "
                "due_at = NULL, wait_reason = '' WHERE id = %s",
                [
                    entry.status.value,
                    moment(entry.at),
                    json_text(entry.error),
                    json_text(entry.cursor),
                    key(entry.run_id),
                ],
            )
    release_entries(cursor, [entry.run_id for entry in final])


def release_entries(cursor: Any, run_ids: Sequence[UUID]) -> None:
    """Take finished runs out of the queue, and let those that waited for their turn come forward."""
    keys = [key(run_id) for run_id in run_ids]
    cursor.execute(
        f"DELETE FROM flows_queueentry WHERE run_id IN ({marks(keys)}) RETURNING flow_id",  # noqa: S608
        keys,
    )
    flow_ids = {row[0] for row in cursor.fetchall()}
    held = list(flow_ids)
    cursor.execute(
        f"SELECT DISTINCT flow_id FROM flows_queueentry WHERE is_held AND flow_id IN ({marks(held)})",  # noqa: S608
        held,
    )
    queue.promote(cursor, [uuid_of(row[0]) for row in cursor.fetchall()], datetime.now(UTC))
