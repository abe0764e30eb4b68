"""Whether the trail is as it was written: every altered, missing, inserted or reordered row is named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from typing import Any

from django.db.models import Max

from accounts import audit
from accounts.actors import Actor
from accounts.models import AuditEntry, AuditSeal
from accounts.services.audit_chain import (
    COLUMNS,
    OPENED,
    TRAIL,
    VERIFIED,
    Place,
    canonical,
    content_of,
    hash_of,
    link_of,
)
from accounts.services.audit_sealing import Head, head

CHUNK = 2_000
MOST_TOLD = 1_000
Row = Mapping[str, Any]


@dataclass(slots=True)
class Findings:
    """What a walk over the chain found.

    Args:
        head: the end of the chain that was walked.
        unsealed: entries that are newer than that.
        count: how many problems; the texts of the first `MOST_TOLD` are kept.
    """

    head: Head
    unsealed: int = 0
    count: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, problem: str) -> None:
        self.count += 1
        if len(self.problems) < MOST_TOLD:
            self.problems.append(problem)


def verify(known_hash: str = "") -> Findings:
    """Walk the whole chain; `known_hash` is the hash of a seal that was kept elsewhere."""
    found = Findings(head())
    walk = _Walk(found)
    for entry, seal in _pairs(found.head):
        walk.step(entry, seal)
    if known_hash and not AuditSeal.objects.filter(hash=known_hash).exists():
        found.add(f"No seal has the hash {known_hash}: the chain was cut off or written anew.")
    found.unsealed = AuditEntry.objects.filter(id__gt=found.head.entry_id).count()
    return found


def note(actor: Actor, found: Findings) -> None:
    """Write the outcome down, as an entry that the next verification covers."""
    changes = {"sealed": found.head.place, "unsealed": found.unsealed, "problems": found.count}
    audit.record(actor, VERIFIED, TRAIL, "1", tenant_id=None, changes=changes, content_hash=found.head.hash)


class _Walk:
    """Over the chain from its beginning."""

    def __init__(self, found: Findings) -> None:
        self._found = found
        self._place, self._previous, self._entry_id = 0, "", 0
        self._before = sha256()

    def step(self, entry: Row | None, seal: Row | None) -> None:
        """An entry and its seal; one of them is missing when something is wrong."""
        if seal is None:
            if entry is not None:
                self._found.add(f"Entry {entry['id']} was inserted: it has no place, and later ones have.")
            return
        self._check_order(seal)
        if entry is None:
            # Moved, when its place tells a lower id than the one before: then the walk met it as inserted.
            if seal["entry_id"] > self._entry_id:
                self._found.add(f"Entry {seal['entry_id']} at place {seal['place']} is missing.")
        else:
            self._check_content(entry, seal)
        self._place, self._previous = seal["place"], seal["hash"]
        self._entry_id = max(self._entry_id, seal["entry_id"])

    def _check_order(self, seal: Row) -> None:
        place = seal["place"]
        if place != self._place + 1:
            last = f" to {place - 1}" if place > self._place + 2 else ""
            self._found.add(f"Place {self._place + 1}{last} of the chain is missing.")
        elif seal["previous"] != self._previous:
            self._found.add(f"Place {place} does not follow place {self._place}: one of them was changed.")
        if seal["entry_id"] <= self._entry_id:
            self._found.add(f"Entry {seal['entry_id']} at place {place} was reordered.")

    def _check_content(self, entry: Row, seal: Row) -> None:
        content = content_of(entry)
        place = Place(seal["place"], seal["at"], seal["previous"], seal["tenant_previous"])
        if hash_of(link_of(place, content)) != seal["hash"]:
            self._found.add(f"Entry {entry['id']} at place {place.place} was altered.")
        is_opening = (entry["verb"], entry["target"]) == (OPENED, TRAIL)
        if is_opening and entry["content_hash"] != self._before.hexdigest():
            self._found.add(f"What was there before the chain is not what entry {entry['id']} tells.")
        self._before.update(canonical(content))


def _pairs(end: Head) -> Iterator[tuple[Row | None, Row | None]]:
    """Entries and seals side by side, in the order of the places."""
    sealed = AuditSeal.objects.filter(place__lte=end.place)
    last = sealed.aggregate(last=Max("entry_id"))["last"] or 0
    rows = AuditEntry.objects.filter(id__lte=last).order_by("id").values(*COLUMNS)
    entries: Iterator[Row] = rows.iterator(chunk_size=CHUNK)
    entry = next(entries, None)
    for seal in sealed.order_by("place").values().iterator(chunk_size=CHUNK):
        while entry is not None and entry["id"] < seal["entry_id"]:
            yield entry, None
            entry = next(entries, None)
        if entry is not None and entry["id"] == seal["entry_id"]:
            yield entry, seal
            entry = next(entries, None)
        else:
            yield None, seal
    for left in chain([entry] if entry else [], entries):
        yield left, None
