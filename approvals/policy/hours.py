"""Calendars as people write them and as rows keep them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from approvals.policy.calendar import Calendar, Hours
from common.failure import Failure

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_HOLIDAYS = 1_000
MOST_SPANS = 12
"""Of a day."""
LEAST_MINUTES = 60
"""Open in a week: with less, a deadline of days would take years."""


class BadCalendar(Failure):
    """The hours, holidays or zone make no calendar; `field` says which."""


def read_calendar(raw: Mapping[str, Any]) -> Calendar:
    """The calendar of `{"zone", "week", "holidays"}`.

    Raises:
        BadCalendar: `bad_zone`, `bad_hours` or `bad_holidays`.
    """
    zone = raw.get("zone")
    if not isinstance(zone, str) or zone not in available_timezones():
        raise BadCalendar(
            "bad_zone", "There is no such time zone.", hint="Such as Europe/Berlin.", field="zone"
        )
    week = raw.get("week")
    if not isinstance(week, list | tuple) or len(week) != len(DAYS):
        raise _bad_hours("The week is seven lists of hours, Monday first.")
    read = tuple(_day(name, day) for name, day in zip(DAYS, week, strict=True))
    if sum(until - begin for day in read for begin, until in day) < LEAST_MINUTES:
        raise _bad_hours("A calendar is open at least one hour a week.")
    return Calendar(zone, read, _holidays(raw.get("holidays", [])))


def calendar_json(calendar: Calendar) -> dict[str, Any]:
    """What `read_calendar` reads."""
    return {
        "zone": calendar.zone,
        "week": [[list(hours) for hours in day] for day in calendar.week],
        "holidays": [day.isoformat() for day in sorted(calendar.holidays)],
    }


def read_hours(text: str) -> list[Hours]:
    """The hours of a day, written `09:00-12:30, 13:30-18:00`; nothing is a closed day.

    Raises:
        ValueError: it is not written so.
    """
    return [_span(part) for part in text.split(",") if part.strip()]


def hours_text(day: tuple[Hours, ...] | list[list[int]]) -> str:
    """What `read_hours` reads."""
    return ", ".join(f"{_clock(begin)}-{_clock(until)}" for begin, until in day)


def _span(text: str) -> Hours:
    begin, _, until = text.partition("-")
    return _minute(begin), _minute(until)


def _minute(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    if not (hour.isdecimal() and len(hour) <= 2 and (minute or "00").isdecimal() and len(minute) in (0, 2)):
        raise ValueError("hours are written as 09:00")
    found = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or found > 1440:
        raise ValueError("a day has 24 hours of 60 minutes")
    return found


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _day(name: str, raw: Any) -> tuple[Hours, ...]:
    if not isinstance(raw, list | tuple) or len(raw) > MOST_SPANS:
        raise _bad_hours(f"{name} has at most {MOST_SPANS} spans of hours.")
    last, found = 0, []
    for span in raw:
        if (
            not isinstance(span, list | tuple)
            or len(span) != 2
            or not all(type(one) is int for one in span)
            or not last <= span[0] < span[1] <= 1440
        ):
            raise _bad_hours(f"The hours of {name} are not in order, or lie over one another.")
        last = span[1]
        found.append((span[0], span[1]))
    return tuple(found)


def _holidays(raw: Any) -> frozenset[date]:
    hint = "Write days as 2026-12-25."
    if not isinstance(raw, list | tuple) or len(raw) > MOST_HOLIDAYS:
        message = f"Holidays are a list of at most {MOST_HOLIDAYS} days."
        raise BadCalendar("bad_holidays", message, hint=hint, field="holidays")
    try:
        return frozenset(date.fromisoformat(day) for day in raw)
    except (TypeError, ValueError) as error:
        raise BadCalendar(
            "bad_holidays", "One of the holidays is no day.", hint=hint, field="holidays"
        ) from error


def _bad_hours(message: str) -> BadCalendar:
    return BadCalendar("bad_hours", message, hint="Such as 09:00-17:00.", field="week")
