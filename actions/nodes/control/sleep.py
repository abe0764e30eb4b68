"""Sleep: park the run for a while, until a date in the record, or until a time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator

from flows.sdk import (
    MISSING,
    Emit,
    FieldPath,
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
    TemplateText,
    node,
    ui,
    value_at,
)
from flows.sdk.config import duration_seconds
from flows.sdk.summaries import joined, plain
from flows.sdk.times import ZoneName, moment_in_zone

LONGEST_DAYS = 3660


def _seconds(text: str) -> float:
    """Seconds of a length of time; a number without a unit counts seconds.

    Raises:
        ValueError: it is none, or too long.
    """
    text = text.strip()
    seconds = duration_seconds(f"{text}s" if text.isascii() and text.isdigit() else text)
    if seconds > LONGEST_DAYS * 86_400:
        raise ValueError(f"Write at most {LONGEST_DAYS}d.")
    return seconds


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _checked_length(text: str) -> str:
    if "{{" not in text:
        _seconds(text)
    return text


class SleepConfig(NodeConfig):
    """How long."""

    aliases: ClassVar[Mapping[str, str]] = {"seconds": "duration"}

    mode: Literal["for", "until", "time"] = ui(
        "for",
        label="Sleep",
        choices={
            "for": "For a length of time",
            "until": "Until a date in the record",
            "time": "Until a time of day or a date",
        },
    )
    duration: Annotated[TemplateText, BeforeValidator(_as_text), AfterValidator(_checked_length)] = ui(
        "1h",
        label="Length of time",
        help="A number of seconds, minutes, hours or days: 30s, 5m, 6h or 2d. Without a unit it counts seconds.",
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
    time: TemplateText = ui(
        "",
        label="Time",
        help="22:30 is the next time that it is half past ten in the evening. Or a date: 2026-03-01 08:00.",
        placeholder="22:30",
        depends_on={"mode": ["time"]},
    )
    zone: ZoneName = ui(
        "UTC",
        label="Time zone",
        help="The clock that a time without an offset is read from.",
        placeholder="Europe/Prague",
        max_length=64,
        depends_on={"mode": ["time", "until"]},
    )
    interruptible: bool = ui(
        True,
        label="A person may end it early",
        help="Whoever may run flows finds a button beside the run. Cancelling the run is always possible.",
    )
    progress: bool = ui(True, label="Show a countdown", help="In the live view of the run.")

    @model_validator(mode="after")
    def _has_an_end(self) -> "SleepConfig":
        if self.mode == "until" and self.until is None:
            raise ValueError("Name the field that holds the date.")
        if self.mode == "time" and not self.time.strip():
            raise ValueError("Write the time at which it ends.")
        return self


@node
class Sleep(Node):
    """Waits as a row; no worker is held."""

    meta = NodeMeta(
        type="sleep",
        kind=Kind.CONTROL,
        label="Sleep",
        summary="Wait for a length of time, until a date or until a time, then go on.",
        icon="zzz",
        unset="No date chosen",
    )
    Config = SleepConfig

    def summary(self, config: SleepConfig) -> str:
        match config.mode:
            case "for":
                return plain(config.duration)
            case "until":
                return joined("until", config.until)
        return joined("until", config.time, config.zone)

    def check(self, config: SleepConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """A field that cannot hold a date."""
        shape = upstream.at(config.until) if config.mode == "until" and config.until else None
        if shape is None or shape.type in ("string", "any"):
            return []
        return [("until", f"The field {config.until!r} holds no date.", "Choose a field that holds a date.")]

    def run(self, ctx: NodeContext, config: SleepConfig, record: Record) -> Result:
        """Suspend until the moment; go on at once when it has passed."""
        now = ctx.clock.now()
        until = _end(config, record, now)
        if until <= now:
            return Emit("out", record)
        ctx.log.info(f"Sleeping until {until.isoformat(timespec='seconds')}.")
        answers = ("out",) if config.interruptible else ()
        return Suspend("sleep", until=until, answers=answers, countdown=config.progress)

    def preview(self, config: SleepConfig, record: Record) -> JsonObject:
        if config.mode == "for":
            return {"sleeps_for": config.duration}
        return {"sleeps_until": _end(config, record, datetime.now(UTC)).isoformat()}


def _end(config: SleepConfig, record: Record, now: datetime) -> datetime:
    match config.mode:
        case "for":
            return now + timedelta(seconds=_rendered_seconds(config.duration))
        case "until":
            return _date_in(record, str(config.until), config.zone, now)
    moment = moment_in_zone(config.time, config.zone, now)
    if moment is None:
        raise NodeError(
            "no_date",
            f"{config.time!r} is no time.",
            hint="A time looks like 22:30, 2026-03-01 or 2026-03-01 08:00.",
            field="time",
        )
    return moment


def _rendered_seconds(text: str) -> float:
    try:
        return _seconds(text)
    except ValueError as error:
        raise NodeError(
            "bad_duration", f"{text!r} is no length of time.", hint=str(error), field="duration"
        ) from error


def _date_in(record: Record, path: str, zone: str, now: datetime) -> datetime:
    value: Json = value_at(record, path)
    if value is MISSING or value is None:
        raise NodeError(
            "no_date",
            f"The record has no date in {path!r}.",
            hint="Put a filter before this node that lets only records with a date through.",
            field="until",
        )
    moment = moment_in_zone(value, zone, now) if isinstance(value, str) else None
    if moment is None:
        raise NodeError(
            "no_date",
            f"The field {path!r} holds no date.",
            hint="A date looks like 2026-03-01 or 2026-03-01T12:00:00Z.",
            field="until",
        )
    return moment
