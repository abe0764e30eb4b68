"""What a node may answer: go on, or wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.sdk.json_types import Json, Record

MAX_DETAIL_BYTES = 16_384
MAX_REVIEW_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class Emit:
    """Go on behind `port` with `record`."""

    port: str
    record: Record


@dataclass(frozen=True, slots=True)
class Review:
    """What people are asked to decide on; plain JSON of at most `MAX_REVIEW_BYTES`, without secrets.

    Args:
        title: one line.
        text: what the reviewer reads.
        shown: what of the record is shown, as (label, value).
        form: the fields that the reviewer fills in: `name`, `label`, `kind` (`text`, `number`, `choice`, `yes_no`,
            `date`), `required`, `choices`, `least`, `most`.
        policy: who decides and by when, in the words of whoever shows reviews to people; empty: whoever may decide
            the tasks of others.
    """

    title: str
    text: str = ""
    shown: Sequence[tuple[str, Json]] = ()
    form: Sequence[Mapping[str, Json]] = ()
    policy: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suspend:
    """Park the run and free the worker.

    An answer to a review or by a callback calls the node's `resume`, with `Wake.port` and `Wake.data`.

    Args:
        reason: why the run waits, in snake case, such as `sleep` or `review`.
        until: when it goes on by itself; None waits for someone.
        on_time: the port behind which it goes on when `until` has come; None calls the node's `resume` then.
        detail: plain JSON of at most `MAX_DETAIL_BYTES`, without secrets; it comes back in `Wake` and in `stop`.
        answers: the ports that an answer may choose: of a person who may run flows, and of an outside system where
            there is a callback. Without a callback the run goes on behind the port at once.
        review: people decide, by the rules of reviews and by no other way; they choose among `REVIEW_PORTS`.
        callback: an outside system may answer on `ctx.callback_url()`.
        countdown: whether the live view counts down to `until`.
    """

    reason: str
    until: datetime | None = None
    on_time: str | None = "out"
    detail: Mapping[str, Json] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    countdown: bool = False
    review: Review | None = None
    callback: bool = False


REVIEW_PORTS = ("continued", "cancelled", "expired")
"""What comes of a review; `expired`: nobody decided in time."""

Result = Emit | Suspend


@dataclass(frozen=True, slots=True)
class Wake:
    """Why a node that suspended its run has its turn again.

    Args:
        detail: what it left in its last `Suspend`.
        since: when it suspended the run for the first time.
        port: what was answered; None: the time has come.
        data: what came with the answer.
    """

    detail: Mapping[str, Json]
    since: datetime
    port: str | None = None
    data: Json = None
