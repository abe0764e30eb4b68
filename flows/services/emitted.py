"""Events that installed packages emit."""

from flows.sdk import JsonObject
from flows.sdk.emitting import Outbox
from flows.services.events import emit
from flows.store.new_events import Accepted


def source_of(package: str | None) -> str:
    """Who tells an event that a package emitted."""
    return f"package:{package}"[:100]


def emit_own(
    module: str, event_type: str, payload: JsonObject, *, tenant_id: int | None, dedup_key: str | None = None
) -> Accepted:
    """Store an event of a type that the caller's package declares, in the caller's transaction.

    Args:
        module: `__name__` of the caller.
        event_type: such as `acme.called`.
        payload: what happened.
        tenant_id: whose event it is; None for the platform's.
        dedup_key: makes a second call with the same key a no-op.

    Raises:
        NodeError: `not_own_event_type`, `payload_does_not_fit`, `events_too_large`, `too_expensive`.
        NotInTransaction: there is no transaction.
        KeyUsed: the key was used before with another payload.
    """
    outbox = Outbox.of(module)
    outbox.emit(event_type, payload)
    outbox.check()
    (event,) = outbox.events
    source = source_of(outbox.package)
    return emit(event_type, event.payload, tenant_id=tenant_id, source=source, dedup_key=dedup_key)
