"""Job runs and tasks tell what happens to them; runs of flows are told of where they change (`flows.store`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from flows.engine.life_cycle import Execution, payload_of
from flows.sdk import LifeCycle
from flows.services.doorbell import ring_on_commit
from flows.services.events import NotInTransaction
from flows.store import life_cycle
from flows.store.accepting import tell_events
from flows.store.new_events import NewEvent
from flows.store.trigger_index import TriggerIndex


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to a job run or a task.

    Args:
        owner_id: the tenant whose flows hear of it; None for the platform's. The platform's flows hear of all.
        execution: asked for when somebody listens.
        error: what went wrong, of one that failed.
        cause_run_id, depth: as those of the events that tell of it otherwise.
        step_of: the run of which it is a step; where that tells nothing of itself, this is not told either.
    """

    event: LifeCycle
    owner_id: int | None
    at: datetime
    execution: Callable[[], Execution]
    error: str = ""
    cause_run_id: UUID | None = None
    depth: int = 0
    step_of: UUID | None = None


def tell(changes: Sequence[Happened]) -> None:
    """Tell of the changes in the transaction at hand, each once. Costs one small query while nobody listens.

    Raises:
        NotInTransaction: there is no transaction.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction("Tell of changes inside transaction.atomic().")
    with connection.cursor() as cursor:
        index = TriggerIndex.of_life_cycle(cursor)
        heard = [change for change in changes if index.of_type(change.event, change.owner_id)]
        steps = {change.step_of for change in heard if change.step_of is not None}
        silent = life_cycle.silent_of(cursor, index, steps)
        events = [_event(change) for change in heard if change.step_of not in silent]
        if events:
            tell_events(cursor, index, events)
            ring_on_commit()


def _event(change: Happened) -> NewEvent:
    execution = change.execution()
    return NewEvent(
        type=change.event.value,
        payload=payload_of(execution, change.event, change.at, change.error),
        tenant_id=change.owner_id,
        source=life_cycle.SOURCE,
        dedup_key=f"{execution.id}:{change.event}",
        cause_run_id=change.cause_run_id,
        depth=min(change.depth, life_cycle.MOST_DEPTH),
    )
