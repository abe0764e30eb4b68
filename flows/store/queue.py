"""Claims and leases: the SQL of the queue. This is where the two databases differ."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from flows.engine.run_store import SUSPECTED_AFTER, ClaimedRun
from flows.engine.states import PASSED_ON
from flows.sdk import JsonObject
from flows.store.database import epoch_ms, is_postgres, key, marks, moment, uuid_of

SUSPECTED = f"lost_leases >= {SUSPECTED_AFTER - 1}"
"""Before the claim, which counts the loss of the lease that ends with it."""
CLAIMABLE = f"NOT is_held AND due_ms <= %s AND NOT (owner <> '' AND {SUSPECTED})"
CLAIMABLE_SUSPECT = f"NOT is_held AND due_ms <= %s AND owner <> '' AND {SUSPECTED}"

CLAIM_POSTGRES = """
WITH due AS (
    SELECT run_id, owner AS last_owner FROM flows_queueentry
    WHERE {} ORDER BY due_ms LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE flows_queueentry AS q
SET owner = %s, due_ms = %s, fence = q.fence + 1,
    lost_leases = CASE WHEN due.last_owner = '' THEN 0 ELSE q.lost_leases + 1 END
FROM due WHERE q.run_id = due.run_id
RETURNING q.run_id, q.fence, q.cursor, q.cancel_requested, q.lost_leases
"""

CLAIM_SQLITE = """
UPDATE flows_queueentry
SET lost_leases = CASE WHEN owner = '' THEN 0 ELSE lost_leases + 1 END,
    owner = %s, due_ms = %s, fence = fence + 1
WHERE run_id IN (SELECT run_id FROM flows_queueentry WHERE {} ORDER BY due_ms LIMIT %s)
RETURNING run_id, fence, cursor, cancel_requested, lost_leases
"""

RUN_OF_CLAIM = """
SELECT r.id, r.flow_id, r.version_id, r.tenant_id, e.payload, e.depth, r.started_at, r.is_test
FROM flows_run r JOIN flows_event e ON e.id = r.event_id WHERE r.id IN ({})
"""

BEGIN = """
UPDATE flows_run
SET status = 'running', started_at = COALESCE(started_at, %s), due_at = NULL, wait_reason = ''
WHERE id IN ({})
"""

OUTPUTS = f"""
SELECT run_id, node_id, output FROM flows_step
WHERE status IN ({", ".join(f"'{status}'" for status in sorted(PASSED_ON))}) AND run_id IN ({{}}) ORDER BY id
"""  # noqa: S608

PROMOTE = """
UPDATE flows_queueentry SET is_held = %s, due_ms = %s
WHERE run_id = (SELECT run_id FROM flows_queueentry WHERE flow_id = %s AND is_held ORDER BY run_id LIMIT 1)
    AND is_held
    AND NOT EXISTS (SELECT 1 FROM flows_queueentry o WHERE o.flow_id = %s AND NOT o.is_held)
"""


def claim(
    cursor: Any, *, owner: str, limit: int, lease_seconds: float, now: datetime, suspect: bool = True
) -> list[ClaimedRun]:
    """Take up to `limit` due runs, oldest first, and mark them running. Inside a transaction.

    Args:
        suspect: whether one of them may be a run that is suspected of killing workers.
    """
    due = epoch_ms(now)
    until = epoch_ms(now + timedelta(seconds=lease_seconds))

    def taken(which: str, most: int) -> list[Any]:
        if is_postgres():
            cursor.execute(CLAIM_POSTGRES.format(which), [due, most, owner, until])
        else:
            cursor.execute(CLAIM_SQLITE.format(which), [owner, until, due, most])
        rows: list[Any] = cursor.fetchall()
        return rows

    suspects = taken(CLAIMABLE_SUSPECT, 1) if suspect else []
    rest = taken(CLAIMABLE, limit - len(suspects)) if len(suspects) < limit else []
    entries = {row[0]: row for row in suspects + rest}
    if not entries:
        return []
    ids = list(entries)
    cursor.execute(RUN_OF_CLAIM.format(marks(ids)), ids)
    runs = cursor.fetchall()
    cursor.execute(
        BEGIN.format(marks(ids)),
        [moment(now), *ids],
    )
    outputs = _outputs(cursor, [entry[0] for entry in entries.values() if entry[2] is not None])
    claimed = [_claimed(entries[row[0]], row, outputs.get(row[0], {})) for row in runs]
    return sorted(claimed, key=lambda run: run.run_id)


def _claimed(entry: Any, run: Any, outputs: dict[str, Any]) -> ClaimedRun:
    payload: JsonObject = {}
    cursor: JsonObject | None = None
    damage = ""
    try:
        payload = orjson.loads(run[4])
        cursor = _parsed(entry[2])
        outputs = {node_id: _parsed(text) for node_id, text in outputs.items()}
    except orjson.JSONDecodeError as error:
        damage, outputs = str(error), {}
    return ClaimedRun(
        run_id=uuid_of(run[0]),
        flow_id=uuid_of(run[1]),
        version_id=uuid_of(run[2]),
        tenant_id=run[3],
        payload=payload,
        event_depth=run[5],
        fence=entry[1],
        cursor=cursor,
        cancel_requested=bool(entry[3]),
        lost_leases=entry[4],
        outputs=outputs,
        damage=damage,
        is_first=run[6] is None,
        is_test=bool(run[7]),
    )


def _parsed(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)


def _outputs(cursor: Any, run_ids: list[Any]) -> dict[Any, dict[str, Any]]:
    """What finished steps left behind, as text, by run and node."""
    if not run_ids:
        return {}
    cursor.execute(OUTPUTS.format(marks(run_ids)), run_ids)
    found: dict[Any, dict[str, Any]] = {}
    for run_id, node_id, output in cursor.fetchall():
        found.setdefault(run_id, {})[node_id] = output
    return found


def seconds_to_due(now: datetime) -> float:
    """Until a run can be claimed: 0 or less when one can, infinite when none waits for a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT MIN(due_ms) FROM flows_queueentry WHERE NOT is_held")
        first = cursor.fetchone()[0]
    return inf if first is None else (first - epoch_ms(now)) / 1000


def renew(owner: str, run_ids: Sequence[UUID], lease_seconds: float) -> None:
    """Prolong the lease of these runs, as far as `owner` still holds them."""
    until = epoch_ms(datetime.now(UTC) + timedelta(seconds=lease_seconds))
    keys = [key(run_id) for run_id in run_ids]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE flows_queueentry SET due_ms = %s WHERE owner = %s AND run_id IN ({marks(keys)})",  # noqa: S608
            [until, owner, *keys],
        )


def release(owner: str, now: datetime) -> int:
    """Give back every run that `owner` holds, due at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE flows_queueentry SET due_ms = %s, owner = '' WHERE owner = %s", [epoch_ms(now), owner]
        )
        return int(cursor.rowcount)


def expire(owner: str, now: datetime) -> int:
    """End the leases of `owner`, which is dead, as the clock would: whoever claims them counts them as lost."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE flows_queueentry SET due_ms = %s WHERE owner = %s", [epoch_ms(now), owner])
        return int(cursor.rowcount)


def cancel_requests(owner: str) -> set[UUID]:
    """The runs of `owner` that someone wants cancelled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT run_id FROM flows_queueentry WHERE owner = %s AND cancel_requested", [owner])
        return {uuid_of(row[0]) for row in cursor.fetchall()}


def open_runs(cursor: Any, flow_id: UUID) -> int:
    """How many runs of the flow are open, under a lock on the flow: none is opened beside it before the commit."""
    if is_postgres():
        cursor.execute("SELECT 1 FROM flows_flow WHERE id = %s FOR NO KEY UPDATE", [key(flow_id)])
    cursor.execute("SELECT COUNT(*) FROM flows_queueentry WHERE flow_id = %s", [key(flow_id)])
    return int(cursor.fetchone()[0])


def promote(cursor: Any, flow_ids: list[UUID], now: datetime) -> None:
    """In flows whose runs go one after another: let the oldest open run have its turn, unless one has it."""
    for flow_id in flow_ids:
        cursor.execute(PROMOTE, [False, epoch_ms(now), key(flow_id), key(flow_id)])
