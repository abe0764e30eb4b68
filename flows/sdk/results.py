"""What a node may answer: go on, or wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flows.sdk.json_types import Json, Record


@dataclass(frozen=True, slots=True)
class Emit:
    """Go on behind `port` with `record`."""

    port: str
    record: Record


@dataclass(frozen=True, slots=True)
class Suspend:
    """Park the run and free the worker.

    Args:
        reason: why the run waits, in snake case, such as `sleep` or `review`.
        until: when it goes on by itself; None waits for someone.
        on_time: the port behind which it goes on when `until` has come.
        detail: plain JSON that whoever hears the suspension needs.
    """

    reason: str
    until: datetime | None = None
    on_time: str = "out"
    detail: Mapping[str, Json] = field(default_factory=dict)


Result = Emit | Suspend
