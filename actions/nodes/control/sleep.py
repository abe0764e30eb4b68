"""Sleep: park the run for a while, or until a date in the record."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from flows.sdk import (
    MISSING,
    Emit,
    FieldPath,
    FlowDuration,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Result,
    Shape,
    Suspend,
    node,
    ui,
    value_at,
)
from flows.sdk.config import duration_seconds
from flows.sdk.summaries import joined
from flows.sdk.value_readers import read_moment

LONGEST_DAYS = 3660


def _not_too_long(text: str) -> str:
    if duration_seconds(text) > LONGEST_DAYS * 86_400:
        raise ValueError(f"Write at most {LONGEST_DAYS}d.")
    return text


class SleepConfig(NodeConfig):
    """How long."""

    mode: Literal["for", "until"] = ui(
        "for",
        label="Sleep",
        choices={"for": "For a length of time", "until": "Until a date in the record"},
    )
    duration: Annotated[FlowDuration, AfterValidator(_not_too_long)] = ui(
        "1h",
        label="Length of time",
        help="A number and a unit: 30s, 5m, 6h or 2d.",
        placeholder="1h",
        depends_on={"mode": ["for"]},
    )
    until: FieldPath | None = ui(
        None,
        label="Date field",
        help="A field that holds a date, such as nextPayment. A date that has passed does not wait.",
        placeholder="nextPayment",
        depends_on={"mode": ["until"]},
    )

    @model_validator(mode="after")
    def _has_a_field(self) -> "SleepConfig":
        if self.mode == "until" and self.until is None:
            raise ValueError("Name the field that holds the date.")
        return self


@node
class Sleep(Node):
    """Waits as a row; no worker is held."""

    meta = NodeMeta(
        type="sleep",
        kind=Kind.CONTROL,
        label="Sleep",
        summary="Wait for a length of time or until a date, then go on.",
        icon="zzz",
        unset="No date chosen",
    )
    Config = SleepConfig

    def summary(self, config: SleepConfig) -> str:
        """How long."""
        return config.duration if config.mode == "for" else joined("until", config.until)

    def check(self, config: SleepConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """A field that cannot hold a date."""
        shape = upstream.at(config.until) if config.mode == "until" and config.until else None
        if shape is None or shape.type in ("string", "any"):
            return []
        return [("until", f"The field {config.until!r} holds no date.", "Choose a field that holds a date.")]

    def run(self, ctx: NodeContext, config: SleepConfig, record: Record) -> Result:
        """Suspend until the moment; go on at once when it has passed."""
        now = ctx.clock.now()
        if config.mode == "for":
            until = now + timedelta(seconds=duration_seconds(config.duration))
        else:
            until = _date_in(record, str(config.until))
        if until <= now:
            return Emit("out", record)
        ctx.log.info(f"Sleeping until {until.isoformat(timespec='seconds')}.")
        return Suspend("sleep", until=until)

    def preview(self, config: SleepConfig, record: Record) -> JsonObject:
        """How long it would wait."""
        if config.mode == "for":
            return {"sleeps_for": config.duration}
        return {"sleeps_until": _date_in(record, str(config.until)).isoformat()}


def _date_in(record: Record, path: str) -> datetime:
    value: Json = value_at(record, path)
    if value is MISSING or value is None:
        raise NodeError(
            "no_date",
            f"The record has no date in {path!r}.",
            hint="Put a filter before this node that lets only records with a date through.",
            field="until",
        )
    moment = read_moment(value)
    if moment is None:
        raise NodeError(
            "no_date",
            f"The field {path!r} holds no date.",
            hint="A date looks like 2026-03-01 or 2026-03-01T12:00:00Z.",
            field="until",
        )
    return moment
