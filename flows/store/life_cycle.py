"""The one place that hears of every change in the life of runs, in the transaction of the change.

While no flow listens to life-cycle events, it asks the database nothing. See `flows.store.accepting.tell`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from flows.engine.life_cycle import MOST_PARAMETERS, TOO_LONG, Execution, payload_of, server_of
from flows.engine.run_store import Writes
from flows.engine.states import RunStatus
from flows.sdk import LIFE_CYCLE_EVENTS, JsonObject, LifeCycle
from flows.store.database import key, marks, uuid_of
from flows.store.new_events import NewEvent
from flows.store.trigger_index import TriggerIndex

SOURCE: Final = "life cycle"
TOLD_AS: Final = {
    RunStatus.SUCCEEDED: LifeCycle.SUCCEEDED,
    RunStatus.FAILED: LifeCycle.FAILED,
    RunStatus.CANCELLED: LifeCycle.CANCELLED,
}
MOST_READ: Final = 5_000
"""Runs in one read: databases bound the parameters of a statement."""
MOST_OPEN: Final = 1_000
"""A flow that tells of runs which life-cycle events started starts no others by it while so many of them are open."""
MOST_DEPTH: Final = 32_000
"""What the column holds; the guard against loops cuts long before."""

RUNS = """
SELECT r.id, r.flow_id, f.name, f.tenant_id, f.is_managed, r.is_resumed, t.name, e.type, e.depth,
    CASE WHEN LENGTH(e.payload) <= %s THEN e.payload END
FROM flows_run r
JOIN flows_flow f ON f.id = r.flow_id
JOIN flows_event e ON e.id = r.event_id
LEFT JOIN accounts_tenant t ON t.id = r.tenant_id
WHERE r.id IN ({})
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a run."""

    run_id: UUID
    event: LifeCycle
    at: datetime
    error: str = ""


def ended(writes: Sequence[Writes], now: datetime) -> list[Change]:
    """The changes in what runs put down: those that end."""
    return [
        Change(
            entry.run_id, TOLD_AS[entry.status], entry.at or now, str((entry.error or {}).get("message", ""))
        )
        for entry in writes
        if entry.status in TOLD_AS
    ]


def events_of(cursor: Any, index: TriggerIndex, changes: Sequence[Change]) -> list[NewEvent]:
    """The events that tell of the changes, as far as a flow listens to them. One read for many runs."""
    wanted = [change for change in changes if index.hears_life((change.event,))]
    if not wanted:
        return []
    rows = _rows(cursor, [change.run_id for change in wanted])
    heard = [
        (change, rows[change.run_id])
        for change in wanted
        if change.run_id in rows and _is_heard(index, change, rows[change.run_id])
    ]
    full = _full(cursor, {row[1] for _, row in heard if row[7] in LIFE_CYCLE_EVENTS})
    return [_event(change, row, is_cut=row[1] in full) for change, row in heard]


def _rows(cursor: Any, run_ids: Sequence[UUID]) -> dict[UUID, Any]:
    rows = {}
    for start in range(0, len(run_ids), MOST_READ):
        ids = list(map(key, run_ids[start : start + MOST_READ]))
        cursor.execute(RUNS.format(marks(ids)), [MOST_PARAMETERS, *ids])
        rows.update({uuid_of(row[0]): row for row in cursor.fetchall()})
    return rows


def _is_heard(index: TriggerIndex, change: Change, row: Any) -> bool:
    _, flow_id, _, owner_id, is_managed, _, _, event_type, *_ = row
    if is_managed or not index.of_type(change.event, owner_id):
        return False
    return _tells(index, flow_id, event_type)


def _tells(index: TriggerIndex, flow_id: Any, event_type: str) -> bool:
    """Whether a run tells of itself. If each did that a life-cycle event started, one run would cause thousands."""
    flow = index.of_flow(uuid_of(flow_id))
    return event_type not in LIFE_CYCLE_EVENTS or (flow is not None and flow.tells_own_life)


def silent_of(cursor: Any, index: TriggerIndex, run_ids: Collection[UUID]) -> set[UUID]:
    """Of runs: those that tell nothing of themselves because a life-cycle event started them."""
    rows = _rows(cursor, list(run_ids))
    return {run_id for run_id, row in rows.items() if not _tells(index, row[1], row[7])}


def _full(cursor: Any, flow_ids: set[Any]) -> set[Any]:
    """Of flows whose own life starts others: those that have too many open runs."""
    full = set()
    for flow_id in flow_ids:
        cursor.execute(
            "SELECT COUNT(*) FROM (SELECT 1 FROM flows_queueentry WHERE flow_id = %s LIMIT %s) AS opened",
            [flow_id, MOST_OPEN],
        )
        if cursor.fetchone()[0] >= MOST_OPEN:
            full.add(flow_id)
    return full


def _event(change: Change, row: Any, *, is_cut: bool) -> NewEvent:
    _, flow_id, name, owner_id, _, is_resumed, tenant_name, event_type, depth, text = row
    parameters = TOO_LONG if text is None else _parsed(text)
    execution = Execution(
        kind="flow",
        id=str(change.run_id),
        name=name,
        blueprint=str(uuid_of(flow_id)),
        deployment=server_of(event_type, parameters),
        tenant_name=tenant_name or "",
        parameters=parameters,
        is_resumed=bool(is_resumed),
    )
    return NewEvent(
        type=change.event.value,
        payload=payload_of(execution, change.event, change.at, change.error),
        tenant_id=owner_id,
        source=SOURCE,
        cause_run_id=change.run_id,
        depth=min(depth + 1, MOST_DEPTH),
        is_cut=is_cut,
    )


def _parsed(text: str) -> JsonObject:
    """Of a payload that cannot be read, nothing: its run fails by itself, and must be able to."""
    try:
        parameters: JsonObject = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return parameters
