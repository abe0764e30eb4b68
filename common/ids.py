"""Ids that sort by the time at which they were made."""

from datetime import datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562)."""
    return UUID(int=uuid_utils.uuid7().int)


def first_id_at(moment: datetime) -> UUID:
    """The lowest UUID of version 7 of that millisecond: rows since then have this id or a higher one."""
    milliseconds = int(moment.timestamp() * 1_000)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0x2 << 62))
