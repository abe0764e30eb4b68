"""Event types, and the registry that keeps those that come with the program."""

from dataclasses import dataclass

from flows.sdk.json_types import JsonObject
from flows.sdk.registry import Registry
from flows.sdk.shapes import Shape


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event and what its payload looks like.

    Args:
        name: `subject.verb`, such as `server.created`; never changes.
        label: its name for people.
        summary: one sentence that says when it fires.
        group: the heading under which it is listed.
        shape: every field of the payload.
        sample: a payload that fits the shape, for previews and test runs.
    """

    name: str
    label: str
    summary: str
    group: str
    shape: Shape
    sample: JsonObject


event_types: Registry[EventType] = Registry("event type")
