"""Starting a flow by hand."""

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import Problem, conflict
from flows.models import Flow, Trigger
from flows.sdk import JsonObject, TriggerKind
from flows.services.credential_names import published_credentials
from flows.services.events import emit_event
from flows.services.payload_checks import mask_declared
from flows.store.new_events import Accepted, NewEvent

MANUAL_START = "manual.start"


def start_flow(*, actor: Actor, flow: Flow, payload: JsonObject, is_test: bool = False) -> Accepted:
    """Run the published version with a payload, whatever its trigger is.

    Args:
        is_test: credentials open with their values for trying out, where they have such.

    Raises:
        Problem: 409 `not_published`, `switched_off`, or `no_staging`; 413 `too_much_work`.
    """
    actor.need(Permission.run_flows)
    if flow.published_id is None:
        raise conflict("not_published", "The flow has no published version.", hint="Publish it first.")
    if not flow.is_enabled:
        raise _switched_off()
    if is_test and not any(found.has_staging for found in published_credentials(flow)):
        raise conflict(
            "no_staging",
            "No credential of the flow has values for trying out.",
            hint="Fill them in on the page of a credential, or run the flow for real.",
            field="is_test",
        )
    event = NewEvent(
        type=MANUAL_START,
        payload=payload,
        tenant_id=flow.tenant_id,
        source=f"person:{actor.user_id}",
        flow_id=flow.id,
        is_test=is_test,
    )
    listens = Trigger.objects.filter(flow=flow, kind=TriggerKind.EVENT).first()
    if listens is not None:
        mask_declared(listens.event_type, event)
    with transaction.atomic():
        accepted = emit_event(event)
        if not accepted.runs:
            raise _switched_off()
        audit.record(
            actor,
            "started",
            "flow",
            str(flow.id),
            tenant_id=flow.tenant_id,
            changes={"run": str(accepted.runs[0]), **({"is_test": True} if is_test else {})},
        )
    return accepted


def _switched_off() -> Problem:
    return conflict("switched_off", "The flow is switched off.", hint="Switch it on first.")
