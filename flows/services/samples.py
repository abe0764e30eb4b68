"""Which payload a preview, a dry run or a test run uses."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from accounts.actors import Actor
from accounts.scope import visible
from flows.graph.document import FlowDocument
from flows.models import Flow, Run
from flows.sdk import EventTrigger, JsonObject, TriggerNode
from flows.services.event_reading import event_for
from flows.services.event_types import sample_of
from flows.services.plans import Installation

MOST_EVENTS = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """A payload, and where it comes from in words."""

    name: str
    payload: JsonObject


def choose_sample(
    actor: Actor,
    document: FlowDocument,
    tenant_id: int | None,
    *,
    payload: JsonObject | None = None,
    event_id: UUID | None = None,
) -> Sample:
    """The payload that was given, else that of a stored event, else the sample that the trigger knows.

    Raises:
        Problem: 404 `not_found`: the event is out of reach.
    """
    if payload is not None:
        return Sample("Your payload", payload)
    if event_id is None:
        return trigger_sample(document, tenant_id)
    event = event_for(actor, event_id, field="event_id")
    return Sample(f"{event.type} of {event.accepted_at:%Y-%m-%d %H:%M}", event.payload)


def runs_with_events(actor: Actor, flow: Flow) -> list[Run]:
    """The newest runs of a flow with their events, one run an event."""
    runs = visible(Run, actor).filter(flow=flow).select_related("event").order_by("-id")
    runs = runs.only("subject", "event__id", "event__type", "event__accepted_at")
    by_event = {run.event_id: run for run in runs[: 4 * MOST_EVENTS]}
    return list(by_event.values())[:MOST_EVENTS]


def trigger_sample(document: FlowDocument, tenant_id: int | None) -> Sample:
    """What the drawing's trigger expects; an empty payload when it has none or does not say."""
    installation = Installation(tenant_id)
    for drawn in document.nodes:
        node = installation.node_type(drawn.type)
        if not isinstance(node, TriggerNode):
            continue
        try:
            config = node.Config.model_validate(drawn.config)
        except ValidationError:
            break
        spec = node.listens_to(config)
        if isinstance(spec, EventTrigger):
            known = installation.event_type(spec.event_type)
            if known is not None:
                return Sample(f"Sample of {known.name}", dict(known.sample))
        shape = node.payload_shape(config)
        if shape is not None:
            sample = sample_of(shape)
            return Sample("Sample of the trigger", sample if isinstance(sample, dict) else {})
    return Sample("Empty payload", {})
