"""Ids that sort by the time at which they were made."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562)."""
    return UUID(int=uuid_utils.uuid7().int)
