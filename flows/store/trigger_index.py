"""The index of what starts which flow, kept in memory and renewed when triggers change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from flows.engine.admission import concurrency_of
from flows.graph.settings import Concurrency
from flows.sdk import (
    LIFE_CYCLE_EVENTS,
    Among,
    Condition,
    JsonObject,
    LifeCycle,
    NodeError,
    Record,
    TriggerKind,
)
from flows.sdk.comparison import Predicate, Why, compile_comparison
from flows.sdk.work import TooExpensive
from flows.store.database import key, marks, uuid_of

MAX_REASON = 300
LISTENERS = """
SELECT t.flow_id, t.version_id, f.tenant_id, t.kind, t.event_type, t.spec, t.concurrency, f.name,
    t.tells_own_life
FROM flows_trigger t JOIN flows_flow f ON f.id = t.flow_id
WHERE f.is_enabled AND f.deleted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Listener:
    """A flow that is on, and what it listens to."""

    flow_id: UUID
    version_id: UUID
    tenant_id: int | None
    kind: str
    event_type: str
    name: str
    concurrency: Concurrency
    condition: Predicate | None
    tells_own_life: bool = False
    """Whether its runs tell of themselves even if a life-cycle event started them."""

    def hears(self, tenant_id: int | None) -> bool:
        """A platform flow sees the events of all tenants; a tenant's flow its own."""
        return self.tenant_id is None or self.tenant_id == tenant_id

    def refusal(self, payload: Record) -> str | None:
        """Why the payload does not meet the condition, or None when it does.

        Raises:
            TooExpensive: the budget that holds does not pay for it.
        """
        if self.condition is None:
            return None
        try:
            why = Why()
            if self.condition(payload, why):
                return None
            return f"The trigger's condition is not met. {why.text}".strip()[:MAX_REASON]
        except TooExpensive:
            raise
        except NodeError as error:
            return f"The trigger's condition cannot be tried: {error.message}"[:MAX_REASON]


class TriggerIndex:
    """Listeners by event type and by flow. One a process; `refresh` costs one small query when nothing changed.

    Args:
        only: the event types that it knows; empty for all there is.
    """

    def __init__(self, only: Sequence[str] = ()) -> None:
        self._only = list(only)
        self.generation: int | None = None
        """Which state of the triggers is loaded; what was found by it holds for as long as this stays."""
        self._by_type: Mapping[str, list[Listener]] = {}
        self._by_flow: Mapping[UUID, Listener] = {}

    def refresh(self, cursor: Any) -> None:
        """Load the triggers again if they changed. Call it inside the transaction that uses the index."""
        cursor.execute("SELECT value FROM flows_generation WHERE id = 1")
        row = cursor.fetchone()
        generation = row[0] if row else -1
        if generation == self.generation:
            return
        self._load(cursor)
        # First the triggers, then their number: who reads in between takes new ones for old, never old ones for new.
        self.generation = generation

    @classmethod
    def of_event(cls, cursor: Any, event_type: str, flow_id: UUID | None) -> "TriggerIndex":
        """An index that knows what one event can start, and what the life of those runs can start; nothing else."""
        index = cls([event_type, *LIFE_CYCLE_EVENTS])
        index._load(cursor, flow_id)
        return index

    @classmethod
    def of_life_cycle(cls, cursor: Any) -> "TriggerIndex":
        """An index that knows what life-cycle events can start, as it is in the transaction at hand."""
        index = cls(LIFE_CYCLE_EVENTS)
        index._load(cursor)
        return index

    def _load(self, cursor: Any, flow_id: UUID | None = None) -> None:
        """Read the triggers.

        Args:
            flow_id: a flow whose trigger is wanted besides, whatever it listens to.
        """
        where, values = "", list(self._only)
        if self._only:
            besides = "" if flow_id is None else " OR t.flow_id = %s"
            where = f"AND (t.event_type IN ({marks(self._only)}){besides}) "
            values += [] if flow_id is None else [key(flow_id)]
        cursor.execute(f"{LISTENERS}{where}ORDER BY f.id", values)
        self._take(cursor.fetchall())

    def _take(self, rows: list[Any]) -> None:
        by_type: dict[str, list[Listener]] = {}
        by_flow: dict[UUID, Listener] = {}
        for values in rows:
            listener = _listener(values)
            by_flow[listener.flow_id] = listener
            if listener.kind == TriggerKind.EVENT:
                by_type.setdefault(listener.event_type, []).append(listener)
        self._by_type, self._by_flow = by_type, by_flow

    def of_type(self, event_type: str, tenant_id: int | None) -> list[Listener]:
        """The flows that listen to the type and may see the tenant's events."""
        return [listener for listener in self._by_type.get(event_type, ()) if listener.hears(tenant_id)]

    def hears_life(self, events: Iterable[LifeCycle]) -> bool:
        """Whether any flow listens to one of these."""
        return any(event in self._by_type for event in events)

    def of_flow(self, flow_id: UUID) -> Listener | None:
        """The listener of a flow, when it is on and published."""
        return self._by_flow.get(flow_id)


def _listener(values: Any) -> Listener:
    spec = orjson.loads(values[5])
    return Listener(
        flow_id=uuid_of(values[0]),
        version_id=uuid_of(values[1]),
        tenant_id=values[2],
        kind=values[3],
        event_type=values[4],
        name=values[7],
        concurrency=concurrency_of(orjson.loads(values[6])),
        condition=_predicate(spec),
        tells_own_life=bool(values[8]),
    )


def _predicate(spec: JsonObject) -> Predicate | None:
    """Everything that a trigger asks of the payload; None when it asks nothing."""
    tests = [_among(Among(**asked)) for asked in spec.get("among", ())]
    if condition := spec.get("condition"):
        tests.append(_compiled(Condition(**condition)))
    if len(tests) < 2:
        return tests[0] if tests else None
    return lambda payload, why=None: all(test(payload, why) for test in tests)


def _among(asked: Among) -> Predicate:
    values = frozenset(asked.values)

    def is_among(payload: Record, why: Why | None = None) -> bool:
        found = [payload.get(name) for name in asked.fields]
        if not values.isdisjoint(value for value in found if isinstance(value, str)):
            return True
        return (
            why.note(lambda: f"The {asked.told} {found[0]!r} is not among those asked for.") if why else False
        )

    return is_among


def _compiled(condition: Condition) -> Predicate:
    try:
        return compile_comparison(
            condition.field, condition.operation, condition.value, ignore_case=condition.ignore_case
        )
    except NodeError as error:
        # Published when more was allowed: that flow alone does not start, and its events say why.
        return _failing(error)


def _failing(error: NodeError) -> Predicate:
    def fail(payload: Record, why: Why | None = None) -> bool:
        raise NodeError(error.code, error.message, hint=error.hint, field=error.field)

    return fail
