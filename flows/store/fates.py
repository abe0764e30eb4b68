"""Whom an event starts, and why others that listen to it do not start."""

from flows.sdk import JsonObject
from flows.store.database import json_text
from flows.store.new_events import Fate, NewEvent
from flows.store.trigger_index import Listener, TriggerIndex

MAX_DEPTH = 8


def fate_of(index: TriggerIndex, event: NewEvent) -> Fate:
    """What was worked out before, if the triggers are still the same, else what follows from the verdicts."""
    generation = index.generation
    if event.fate is not None and event.fate.generation == generation:
        return event.fate
    starts, outcomes = _listeners(index, event)
    return Fate(generation, starts, json_text(outcomes or None))


def _listeners(index: TriggerIndex, event: NewEvent) -> tuple[list[Listener], list[JsonObject]]:
    if event.flow_id is not None:
        listener = index.of_flow(event.flow_id)
        if listener is None:
            message = "The flow is switched off or has no published version."
            return [], [{"flow": str(event.flow_id), "result": "switched_off", "message": message}]
        return [listener], []
    found = heard_by(index, event)
    if found and (event.depth > MAX_DEPTH or event.is_cut):
        message = f"More than {MAX_DEPTH} runs caused one another; the chain was cut here."
        if event.is_cut:
            message = "Too many runs caused one another at once; the chain was cut here."
        return [], [{"flow": None, "result": "loop_guard", "message": message}]
    started, outcomes = [], []
    for listener in found:
        code, reason = _refusal(listener, event)
        if not reason:
            started.append(listener)
        else:
            outcomes.append({"flow": str(listener.flow_id), "result": code, "message": reason})
    return started, outcomes


def _refusal(listener: Listener, event: NewEvent) -> tuple[str, str]:
    if event.platform_refusal and listener.tenant_id is None:
        return "payload_does_not_fit", event.platform_refusal
    return "condition_not_met", event.verdicts[listener.version_id] if listener.condition else ""


def heard_by(index: TriggerIndex, event: NewEvent) -> list[Listener]:
    """The flows that listen to an event; of one that is meant for a flow, none is asked."""
    return [] if event.flow_id is not None else index.of_type(event.type, event.tenant_id)
