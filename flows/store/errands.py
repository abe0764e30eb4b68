"""Errands as the workers see them: taken under a lease, answered once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from flows.engine.errands import LATE, WORKER_LOST, OpenErrand
from flows.models import Errand
from flows.sdk import Json, NodeError

LEASE: Final = timedelta(seconds=6)
MOST_TRIES: Final = 2
KEEP: Final = timedelta(minutes=10)
OPEN: Final = (Errand.Status.QUEUED, Errand.Status.RUNNING)


def claim(worker: str, limit: int) -> list[OpenErrand]:
    """Take up to `limit` of the oldest that nobody is at; what was lost too often, or is late, ends here."""
    now = datetime.now(UTC)
    free = Q(status=Errand.Status.QUEUED) | Q(status=Errand.Status.RUNNING, lease_until__lt=now)
    # Asked without a transaction first: mostly there is nothing, and SQLite has one writer.
    if not Errand.objects.filter(free, status__in=OPEN).exists():
        return []
    with transaction.atomic():
        rows = list(
            Errand.objects.select_for_update(skip_locked=True)
            .filter(free, status__in=OPEN)
            .order_by("made_at")[:limit]
        )
        taken = [row for row in rows if not _has_ended(row, now)]
        Errand.objects.filter(id__in=[row.id for row in taken]).update(
            status=Errand.Status.RUNNING, worker=worker, lease_until=now + LEASE, tries=F("tries") + 1
        )
    return [OpenErrand(row.id, row.kind, row.tenant_id, row.request, row.tries + 1) for row in taken]


def _has_ended(row: Errand, now: datetime) -> bool:
    end = LATE if row.due_at < now else WORKER_LOST if row.tries >= MOST_TRIES else None
    if end is not None:
        Errand.objects.filter(id=row.id).update(status=Errand.Status.FAILED, error=end.as_json())
    return end is not None


def renew(worker: str, ids: Sequence[UUID]) -> None:
    """Keep what is still at work."""
    Errand.objects.filter(id__in=ids, worker=worker, status=Errand.Status.RUNNING).update(
        lease_until=datetime.now(UTC) + LEASE
    )


def finish(worker: str, errand: OpenErrand, result: Json | NodeError) -> None:
    """Write the answer down, unless another worker has taken the errand since."""
    if isinstance(result, NodeError):
        change = {"status": Errand.Status.FAILED, "error": result.as_json()}
    else:
        change = {"status": Errand.Status.DONE, "answer": result}
    Errand.objects.filter(
        id=errand.id, worker=worker, tries=errand.attempt, status=Errand.Status.RUNNING
    ).update(**change)


def give_back(worker: str) -> None:
    """A worker stops: what it has not answered is for others."""
    Errand.objects.filter(worker=worker, status=Errand.Status.RUNNING).update(
        status=Errand.Status.QUEUED, lease_until=None, tries=F("tries") - 1
    )


def forget_old(now: datetime | None = None) -> int:
    """Delete what nobody will read any more; returns how many."""
    limit = (now or datetime.now(UTC)) - KEEP
    return Errand.objects.filter(made_at__lt=limit)._raw_delete(Errand.objects.db)
