"""The one door through which the platform's data starts flows."""

from importlib import import_module
from importlib.util import find_spec

from flows.sdk import JsonObject


def emit_event(event_type: str, payload: JsonObject, *, tenant_id: int | None) -> None:
    """Hand an event to the core."""
    if find_spec("flows.services.events") is not None:
        import_module("flows.services.events").emit(event_type, payload, tenant_id=tenant_id)


def emit(event_type: str, payload: JsonObject, *, tenant_id: int | None) -> None:
    """Store an event in the caller's transaction; what it starts, starts when that commits."""
    emit_event(event_type, payload, tenant_id=tenant_id)
