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
"""What an event type may be called, wherever one is sent or defined."""
TRACE_NAME: Final = r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$"
"""What event types of the program may be called besides: as other systems call theirs. Nobody sends or defines one."""
MAX_EVENT_NAME: Final = 100

_EVENT_NAME: Final = re.compile(EVENT_NAME)
_TRACE_NAME: Final = re.compile(TRACE_NAME)


def is_event_name(text: str) -> bool:
    """Whether somebody may call an event type that."""
    return len(text) <= MAX_EVENT_NAME and _EVENT_NAME.fullmatch(text) is not None


def _is_known_name(text: str) -> bool:
    is_trace = len(text) <= MAX_EVENT_NAME and _TRACE_NAME.fullmatch(text) is not None
    return is_trace or is_event_name(text)


def _checked_event_name(text: str) -> str:
    if not _is_known_name(text):
        raise ValueError("Choose an event type, such as server.created.")
    return text


EventName = Annotated[
    str,
    AfterValidator(_checked_event_name),
    Field(json_schema_extra={"pattern": f"{EVENT_NAME}|{TRACE_NAME}", "maxLength": MAX_EVENT_NAME}),
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
        is_reserved: the program alone tells it; nobody sends one, by the API or by hand.
    """

    name: str
    label: str
    summary: str
    group: str
    shape: Shape
    sample: JsonObject
    is_reserved: bool = False

    def __post_init__(self) -> None:
        if not _is_known_name(self.name) or self.name.startswith(RESERVED):
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


def is_reserved(name: str) -> bool:
    """Whether the program alone tells events of that type."""
    found = event_types.get(name)
    return found is not None and found.is_reserved
