"""The events that a step emits: of types that the package of its node declares, and of no others."""

from dataclasses import dataclass

import orjson

from flows.sdk.errors import NodeError
from flows.sdk.events import EventType, event_types
from flows.sdk.json_types import JsonObject
from flows.sdk.loading import package_of
from flows.sdk.schema import compile_schema, mask_secrets
from flows.sdk.work import Budget, TooExpensive

MOST_EVENTS = 100
MOST_BYTES = 1_048_576
"""Of the payloads of one step together."""
CHECK_WORK = 5_000_000
"""Units for the payloads of one step: about 50 ms."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """An event as a node emitted it."""

    kind: EventType
    payload: JsonObject


class Outbox:
    """Takes the events of one step; whoever runs the step says what becomes of them.

    Args:
        package: whose types may be emitted; None lets all pass that are registered.
    """

    def __init__(self, package: str | None = None) -> None:
        self.package = package
        self.events: list[Emitted] = []
        self._bytes = 0

    @classmethod
    def of(cls, module: str) -> "Outbox":
        """The outbox of what a module does: it emits what its own package declares."""
        return cls(package_of(module) or "")

    def emit(self, event_type: str, payload: JsonObject) -> None:
        """Take an event, as it is now.

        Raises:
            NodeError: `not_own_event_type`, `too_many_events`, `events_too_large`; `unexpected` for what is no JSON.
        """
        kind = event_types.get(event_type)
        if kind is None or self.package not in (None, package_of(event_types.origin(event_type))):
            raise NodeError(
                "not_own_event_type",
                f"{event_type!r} is no event type that this package declares.",
                hint="A package emits its own types: an entry point in hookflow.event_types names their module.",
            )
        if len(self.events) >= MOST_EVENTS:
            raise NodeError("too_many_events", f"One step emits {MOST_EVENTS} events at most.")
        try:
            raw = orjson.dumps(payload)
        except (TypeError, orjson.JSONEncodeError) as error:
            raise NodeError("unexpected", f"The payload of {event_type!r} is not plain JSON.") from error
        self._bytes += len(raw)
        if self._bytes > MOST_BYTES:
            raise NodeError(
                "events_too_large",
                f"The events of one step have {MOST_BYTES:,} bytes at most.",
                hint="Send less.",
            )
        self.events.append(Emitted(kind, orjson.loads(raw)))

    def clear(self) -> None:
        """Forget them: the node begins anew."""
        self.events.clear()
        self._bytes = 0

    def check(self) -> None:
        """Hold every payload against its type, and mask what the type declares secret. Not for an event loop.

        Raises:
            NodeError: `payload_does_not_fit`, `too_expensive`.
        """
        budget = Budget(CHECK_WORK)
        for event in self.events:
            _check(event, budget)


def _check(event: Emitted, budget: Budget) -> None:
    try:
        walk = compile_schema(event.kind.payload_schema(), most=100_000).walk(event.payload, budget)
    except TooExpensive:
        raise TooExpensive("Checking the events needs more work than one step may do.") from None
    if walk.misfits:
        path, sentence = walk.misfits[0]
        raise NodeError(
            "payload_does_not_fit",
            f"The payload of {event.kind.name!r} does not fit{f' at {path}' if path else ''}: {sentence}.",
            hint="This is a fault of the node type: its package declares what the payload looks like.",
        )
    mask_secrets(event.payload, walk.secrets)
