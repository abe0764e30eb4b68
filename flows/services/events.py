"""Events that the platform itself emits, inside the transaction of the change that they tell of."""

from django.db import connection

from flows.sdk import JsonObject
from flows.services.causes import current_cause
from flows.services.doorbell import ring_on_commit
from flows.store.accepting import insert_events
from flows.store.new_events import Accepted, KeyReused, NewEvent
from flows.store.trigger_index import TriggerIndex
from flows.store.verdicts import IN_TRANSACTION_WORK, judge


class KeyUsed(ValueError):
    """The dedup key was used before with another payload; nothing was stored."""


class NotInTransaction(RuntimeError):
    """`emit` was called outside a transaction, where the change and its event could part."""


def emit(
    event_type: str,
    payload: JsonObject,
    *,
    tenant_id: int | None,
    source: str = "platform",
    dedup_key: str | None = None,
) -> Accepted:
    """Store an event and queue the runs that it starts, in the caller's transaction.

    Args:
        event_type: such as `server.created`.
        payload: what happened, masked where the event type says so.
        tenant_id: whose event it is; None for the platform's.
        source: who tells it.
        dedup_key: makes a second call with the same key a no-op.

    Raises:
        NotInTransaction: there is no transaction.
        KeyUsed: the key was used before with another payload.
    """
    cause = current_cause()
    event = NewEvent(
        type=event_type,
        payload=payload,
        tenant_id=tenant_id,
        source=source,
        dedup_key=dedup_key or "",
        cause_run_id=cause.run_id if cause else None,
        depth=cause.depth + 1 if cause else 0,
    )
    return emit_event(event)


def emit_event(event: NewEvent) -> Accepted:
    """Store one event in the caller's transaction; see `emit`."""
    if not connection.in_atomic_block:
        raise NotInTransaction("Emit events inside transaction.atomic().")
    cause = current_cause()
    if event.flow_id is not None and cause is not None and cause.is_test:
        event.is_test = True
    with connection.cursor() as cursor:
        index = TriggerIndex.of_event(cursor, event.type, event.flow_id)
        judge(index, event, IN_TRANSACTION_WORK)
        (result,) = insert_events(cursor, index, [event])
    if isinstance(result, KeyReused):
        raise KeyUsed(f"The dedup key {result.dedup_key!r} was used before with another payload.")
    ring_on_commit()
    return result


def judge_before(event: NewEvent) -> None:
    """Try the conditions on an event before the transaction that stores it begins."""
    with connection.cursor() as cursor:
        index = TriggerIndex.of_event(cursor, event.type, event.flow_id)
    judge(index, event)
