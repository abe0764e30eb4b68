"""What a node may answer: go on, or wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flows.sdk.json_types import Json, Record

MAX_DETAIL_BYTES = 16_384


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
        on_time: the port behind which it goes on when `until` has come; None calls the node's `resume` then.
        detail: plain JSON of at most `MAX_DETAIL_BYTES`, without secrets; it comes back in `Wake` and in `stop`.
        answers: the ports behind which a person who may run flows can let it go on before its time.
        countdown: whether the live view counts down to `until`.
    """

    reason: str
    until: datetime | None = None
    on_time: str | None = "out"
    detail: Mapping[str, Json] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    countdown: bool = False


Result = Emit | Suspend


@dataclass(frozen=True, slots=True)
class Wake:
    """Why a node that suspended its run has its turn again.

    Args:
        detail: what it left in its last `Suspend`.
        since: when it suspended the run for the first time.
    """

    detail: Mapping[str, Json]
    since: datetime
