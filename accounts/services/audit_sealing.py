"""Entries get their place in the chain in batches, after the transactions that wrote them.

A chain that grew with each entry would have every transaction of a tenant wait for the one before it. So entries are
written unsealed, and the workers' sweepers seal them in the order of their ids, a moment later.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import AuditEntry, AuditSeal
from accounts.services.audit_chain import COLUMNS, TRAIL, VERIFIED, Place, content_of, hash_of, link_of
from common.clock import SystemClock

BATCH = 500
SECONDS_A_TURN = 0.2
_LOCK = 0x41_55_44_49


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal; zeros and an empty hash when there is none."""

    place: int = 0
    entry_id: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How the trail stands: when the newest sealed entry was written, and the newest verification."""

    sealed_until: datetime | None
    verified: AuditEntry | None

    @property
    def is_whole(self) -> bool:
        """Whether the newest verification found nothing."""
        return self.verified is not None and not self.verified.changes.get("problems")


def state() -> State:
    """For everyone who reads the trail: it tells times and no content."""
    verified = AuditEntry.objects.filter(target=TRAIL, target_id="1", verb=VERIFIED).order_by("-id").first()
    sealed = AuditSeal.objects.order_by("-place").values_list("entry__at", flat=True).first()
    return State(sealed, verified)


def head() -> Head:
    """Where the chain ends now."""
    newest = AuditSeal.objects.order_by("-place").values_list("place", "entry_id", "hash").first()
    return Head(*newest) if newest else Head()


def unsealed() -> QuerySet[AuditEntry]:
    """Entries behind the end of the chain."""
    end = AuditSeal.objects.order_by("-place").values("entry_id")[:1]
    return AuditEntry.objects.filter(id__gt=Coalesce(Subquery(end), 0))


class Sealer:
    """One a process; any number of them may try at the same time."""

    def __init__(self) -> None:
        self._waiting: tuple[int, int] | None = None

    def seal(self) -> int:
        """Seal what is safe to, for a fifth of a second; returns how many entries."""
        until = time.monotonic() + SECONDS_A_TURN
        last = self._horizon()
        count = 0
        while last and (sealed := _seal_batch(last)):
            count += sealed
            if sealed < BATCH or time.monotonic() > until:
                break
        return count

    def _horizon(self) -> int:
        """The id up to which no entry can come in any more; 0 when nothing is known.

        SQLite's transactions take turns, and so do its ids. In PostgreSQL a transaction may hold a lower id than one
        that is committed: the newest id of one look is safe once all that ran at that time is over.
        """
        if connection.vendor != "postgresql":
            return _newest_id()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_snapshot_xmin(now.s)::text::bigint, pg_snapshot_xmax(now.s)::text::bigint, "
                "(SELECT coalesce(max(id), 0) FROM accounts_auditentry) FROM (SELECT pg_current_snapshot() AS s) AS now"
            )
            oldest_open, next_one, newest_id = cursor.fetchone()
        if self._waiting is None:
            self._waiting = next_one, newest_id
            return 0
        ended, last = self._waiting
        if oldest_open < ended:
            return 0
        self._waiting = next_one, newest_id
        return last


def _newest_id() -> int:
    return AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _seal_batch(last: int) -> int:
    """Hashed before the transaction, which only looks whether the head is still the same, and inserts."""
    end = head()
    rows = list(
        AuditEntry.objects.filter(id__gt=end.entry_id, id__lte=last).order_by("id").values(*COLUMNS)[:BATCH]
    )
    if not rows:
        return 0
    seals = _seals(end, rows)
    with transaction.atomic():
        if not _has_turn() or head() != end:
            return 0
        AuditSeal.objects.bulk_create(seals)
    return len(seals)


def _seals(end: Head, rows: Sequence[Mapping[str, Any]]) -> list[AuditSeal]:
    now, previous = SystemClock().now(), end.hash
    of_tenant = {tenant: _last_of(tenant, end) for tenant in {row["tenant_id"] for row in rows}}
    seals = []
    for number, row in enumerate(rows, end.place + 1):
        place = Place(number, now, previous, of_tenant[row["tenant_id"]])
        previous = of_tenant[row["tenant_id"]] = hash_of(link_of(place, content_of(row)))
        seals.append(
            AuditSeal(
                place=number,
                entry_id=row["id"],
                at=now,
                previous=place.previous,
                tenant_previous=place.tenant_previous,
                hash=previous,
            )
        )
    return seals


def _last_of(tenant_id: int | None, end: Head) -> str:
    """The newest hash among the entries of a tenant, or of the platform."""
    own = AuditEntry.objects.filter(id__lte=end.entry_id, seal__isnull=False)
    own = own.filter(tenant__isnull=True) if tenant_id is None else own.filter(tenant_id=tenant_id)
    return own.order_by("-id").values_list("seal__hash", flat=True).first() or ""


def _has_turn() -> bool:
    """Whether no other process seals; SQLite's transactions take turns by themselves."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])
