"""The one door through which the platform's data starts flows."""

from flows.sdk import JsonObject
from flows.services.events import emit as emit_event


def emit(event_type: str, payload: JsonObject, *, tenant_id: int | None) -> None:
    """Store an event in the caller's transaction; what it starts, starts when that commits."""
    emit_event(event_type, payload, tenant_id=tenant_id)
