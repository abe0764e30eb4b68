"""The sealed trail as JSON lines, each of which can be checked by itself and against the one before it."""

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.actors import Actor
from accounts.models import AuditEntry
from accounts.scope import visible
from accounts.services.audit_chain import COLUMNS, Place, canonical, content_of, link_of

CHUNK = 500
MOST_LINES = 100_000
"""Of one download; the next begins after the last entry of this one."""
_SEAL = ("place", "at", "previous", "tenant_previous", "hash")


def chunks(actor: Actor, after: int = 0, limit: int | None = MOST_LINES) -> Iterator[bytes]:
    """Lines in the order of the chain, `CHUNK` at a time; no query stays open between two chunks.

    Args:
        after: the id of the entry after which to begin.
        limit: so many lines at most; None is no limit.
    """
    rows = visible(AuditEntry, actor).filter(seal__isnull=False).order_by("id")
    told = rows.values(*COLUMNS, *(f"seal__{name}" for name in _SEAL))
    left = limit
    while left is None or left > 0:
        found = list(told.filter(id__gt=after)[: CHUNK if left is None else min(CHUNK, left)])
        if not found:
            return
        yield b"".join(canonical(_line(row)) + b"\n" for row in found)
        after = found[-1]["id"]
        left = None if left is None else left - len(found)


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    *told, its_hash = (row[f"seal__{name}"] for name in _SEAL)
    return {**link_of(Place(*told), content_of(row)), "hash": its_hash}
