"""When a task is due, as people and records write it: a date, a moment, or a length of time from now."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.sdk import NodeError
from flows.sdk.config import duration_seconds
from flows.sdk.value_readers import read_moment


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("Write a time zone such as Europe/Prague.") from None


def due_at(text: str, zone: str, now: datetime) -> datetime:
    """The moment in the zone. A date or a time without an offset is one of the zone.

    Raises:
        NodeError: `bad_due_date`.
    """
    local = zone_of(zone)
    text = text.strip()
    if text.startswith("+"):
        try:
            return (now + timedelta(seconds=duration_seconds(text[1:]))).astimezone(local)
        except (ValueError, OverflowError):
            raise _bad(text) from None
    moment = read_moment(text)
    if moment is None:
        raise _bad(text)
    has_offset = _says_offset(text)
    return moment.astimezone(local) if has_offset else moment.astimezone(UTC).replace(tzinfo=local)


def _says_offset(text: str) -> bool:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).tzinfo is not None
    except ValueError:
        return False


def _bad(text: str) -> NodeError:
    return NodeError(
        "bad_due_date",
        f"“{text[:80]}” is no date.",
        hint="Write 2026-03-01, 2026-03-01T12:00 or a length of time from now such as +2d.",
        field="due",
    )
