"""Rows that nobody needs any more."""

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from accounts.models import Attempt, IdempotencyRecord, KnownPlace
from accounts.services import devices
from common.clock import SystemClock

KEEP_ANSWERS = timedelta(hours=24)
KEEP_ATTEMPTS = timedelta(hours=1)
BATCH = 1000


def forget_old() -> int:
    """Remove a batch each of answers older than a day, counted tries and ended sessions; how many rows."""
    now = SystemClock().now()
    return sum(
        _delete_some(rows)
        for rows in (
            IdempotencyRecord.objects.filter(created_at__lt=now - KEEP_ANSWERS),
            Attempt.objects.filter(at__lt=now - KEEP_ATTEMPTS),
            KnownPlace.objects.filter(seen_at__lt=now - devices.KEEP),
            Session.objects.filter(expire_date__lt=now),
        )
    )


def _delete_some(rows: QuerySet[Any]) -> int:
    keys = list(rows.values_list("pk", flat=True)[:BATCH])
    return rows.model._default_manager.filter(pk__in=keys).delete()[0] if keys else 0
