"""An event that a person sends, to try out what it starts."""

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from accounts.services import tenants
from common.problems import bad_value, not_found
from flows.sdk import JsonObject
from flows.sdk.events import is_reserved
from flows.services.events import emit_event, judge_before
from flows.services.payload_checks import RESERVED_TYPE, PayloadChecks, misfits_of
from flows.store.new_events import Accepted, NewEvent

SOURCE = "by hand"


def send_event(*, actor: Actor, event_type: str, payload: JsonObject, tenant_id: int | None) -> Accepted:
    """Store one event as if it had happened; what listens to it runs for real.

    Args:
        tenant_id: whose event it is; a tenant's actor can send its own only.

    Raises:
        Problem: 404 `not_found` for another tenant; 400 `unknown_tenant`, `unknown_event_type`,
            `reserved_event_type`, `payload_does_not_fit`; 413 `too_much_work`.
    """
    actor.need(Permission.send_events)
    if not actor.is_platform and tenant_id != actor.tenant_id:
        raise not_found("There is no such tenant.")
    if tenant_id not in (None, actor.tenant_id) and not tenants.known([tenant_id]):
        raise bad_value("unknown_tenant", "There is no such tenant.", hint="Look at the list of tenants.")
    known = PayloadChecks().look_up(event_type, tenant_id)
    if known is None:
        raise bad_value(
            "unknown_event_type",
            f"There is no event type {event_type!r}.",
            hint="Define it first.",
            field="type",
        )
    if is_reserved(event_type):
        code, message, hint = RESERVED_TYPE
        raise bad_value(code, message, hint=hint, field="type")
    event = NewEvent(type=event_type, payload=payload, tenant_id=tenant_id, source=SOURCE)
    wrong = misfits_of(known, event)
    if wrong:
        path, sentence = wrong[0]
        where = f"payload.{path}" if path else "payload"
        raise bad_value(
            "payload_does_not_fit",
            f"The payload does not fit: {sentence}.",
            hint=f"Look at {where}.",
            field="payload",
        )
    judge_before(event)
    with transaction.atomic():
        accepted = emit_event(event)
        audit.record(
            actor, "sent", "event", str(accepted.id), tenant_id=tenant_id, changes={"type": event_type}
        )
    return accepted
