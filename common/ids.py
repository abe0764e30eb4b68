"""Ids that sort by the time at which they were made."""

from datetime import datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562)."""
    return UUID(int=uuid_utils.uuid7().int)


def first_id_at(moment: datetime) -> UUID:
    """The lowest UUID of version 7 of that millisecond: rows since then have this id or a higher one.

    A time that no id can hold counts as the nearest one that can.
    """
    milliseconds = min(max(int(moment.timestamp() * 1_000), 0), 2**48 - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0x2 << 62))


def uuid_from(text: str) -> UUID | None:
    """A UUID as people paste it, or None."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def row_id(text: str) -> int | None:
    """The id of a row as an address or a form holds it: plain digits that fit a column, else None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
