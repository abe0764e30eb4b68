"""Event types, and the registry that keeps those that come with the program."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from flows.sdk.json_types import JsonObject
from flows.sdk.registry import Registry
from flows.sdk.shapes import Shape

RESERVED: Final = ("hookflow.", "hook.", "manual.", "schedule.")
"""What names of event types do not begin with: the program's own events do."""
EVENT_NAME: Final = r"^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$"
"""What an event type may be called, wherever one is named: sent, defined or listened to."""
MAX_EVENT_NAME: Final = 100

_EVENT_NAME: Final = re.compile(EVENT_NAME)


def is_event_name(text: str) -> bool:
    """Whether an event type may be called that."""
    return len(text) <= MAX_EVENT_NAME and _EVENT_NAME.fullmatch(text) is not None


def _checked_event_name(text: str) -> str:
    if not is_event_name(text):
        raise ValueError("Choose an event type, such as server.created.")
    return text


EventName = Annotated[
    str,
    AfterValidator(_checked_event_name),
    Field(json_schema_extra={"pattern": EVENT_NAME, "maxLength": MAX_EVENT_NAME}),
]


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event and what its payload looks like.

    Raises:
        ValueError: nothing may be called that.

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

    def __post_init__(self) -> None:
        if not is_event_name(self.name) or self.name.startswith(RESERVED):
            raise ValueError(f"No event type may be called {self.name!r}; write it such as acme.called.")

    def payload_schema(self) -> JsonObject:
        """Tells types, not presence: any field may be null or missing."""
        return _nullable(self.shape.to_json())


def _nullable(schema: JsonObject) -> JsonObject:
    out = dict(schema)
    if isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    out.pop("format", None)
    if "properties" in out:
        out["properties"] = {name: _nullable(inner) for name, inner in out["properties"].items()}
    if "items" in out:
        out["items"] = _nullable(out["items"])
    return out


event_types: Registry[EventType] = Registry("event type")
