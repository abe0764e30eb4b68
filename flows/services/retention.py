"""Old runs and events go, in small batches; open runs are never touched."""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.dispatch import Signal

from common.ids import first_id_at
from flows.conf import number
from flows.models import Event, LogLine, Run, Step

BATCH = 500
FREE_PAGES_A_BATCH = 2_000

runs_deleted = Signal()
"""Sent in the transaction that deletes runs, for what other apps keep of them. Argument: `run_ids`, a list."""


def delete_old_runs(now: datetime | None = None, *, batch: int = BATCH) -> int:
    """Delete one batch of runs that finished before the retention time, with steps and log; returns how many.

    A run that was resumed stays until the run that goes on from it is gone: its id is in the idempotency keys of both.
    """
    limit = (now or datetime.now(UTC)) - timedelta(days=number("RETENTION_DAYS"))
    ids = list(
        Run.objects.filter(finished_at__lt=limit, queue_entry=None)
        .exclude(Exists(Run.objects.filter(retried_from=OuterRef("id"), is_resumed=True)))
        .order_by("finished_at")
        .values_list("id", flat=True)[:batch]
    )
    if not ids:
        return 0
    with transaction.atomic():
        LogLine.objects.filter(run_id__in=ids)._raw_delete(LogLine.objects.db)
        Step.objects.filter(run_id__in=ids)._raw_delete(Step.objects.db)
        Run.objects.filter(retried_from_id__in=ids).update(retried_from=None)
        Run.objects.filter(id__in=ids)._raw_delete(Run.objects.db)
        runs_deleted.send(sender=Run, run_ids=ids)
    return len(ids)


def delete_old_events(now: datetime | None = None, *, batch: int = BATCH) -> int:
    """Delete one batch of events that no run refers to any more; returns how many."""
    limit = (now or datetime.now(UTC)) - timedelta(days=number("RETENTION_DAYS"))
    ids = list(
        # By id, which rises with time and has an index.
        Event.objects.filter(id__lt=first_id_at(limit), runs=None)
        .order_by("id")
        .values_list("id", flat=True)[:batch]
    )
    if not ids:
        return 0
    with transaction.atomic():
        Event.objects.filter(id__in=ids)._raw_delete(Event.objects.db)
    return len(ids)


def give_space_back() -> None:
    """On SQLite: hand free pages back to the file system, a few at a time."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # As a script: `execute` takes one step of this statement, and each step frees one page.
            cursor.executescript(f"PRAGMA incremental_vacuum({FREE_PAGES_A_BATCH})")
