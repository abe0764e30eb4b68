"""Reads numbers, moments and truth values from what a field holds or a person wrote."""

import re
from datetime import UTC, date, datetime
from math import isfinite

from flows.sdk.json_types import Json

Number = int | float

MAX_NUMBER_CHARACTERS = 64

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?)?")


def read_number(value: Json) -> Number | None:
    """The number that a value is or spells, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    match = _NUMBER.fullmatch(text) if len(text) <= MAX_NUMBER_CHARACTERS else None
    if match is None:
        return None
    number = float(text) if match[1] or match[2] else int(text)
    return number if isfinite(number) else None


def read_moment(value: Json) -> datetime | None:
    """The moment that RFC 3339 text names, or None. Without a zone it is UTC, a bare date is its midnight."""
    if not isinstance(value, str) or not 10 <= len(value) <= 35 or not _DATE.fullmatch(value):
        return None
    try:
        if len(value) == 10:
            day = date.fromisoformat(value)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_boolean(value: Json) -> bool | None:
    """The truth value that a value is or spells, or None."""
    if isinstance(value, bool):
        return value
    text = value.strip().lower() if isinstance(value, str) else ""
    return {"true": True, "false": False}.get(text)


def as_text(value: Json) -> str | None:
    """The text of a plain value; None for lists, objects and null."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None
