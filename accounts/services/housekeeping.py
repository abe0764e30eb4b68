"""Rows that nobody needs any more."""

from datetime import timedelta

from django.contrib.sessions.models import Session

from accounts.models import Attempt, IdempotencyRecord
from common.clock import SystemClock

KEEP_ANSWERS = timedelta(hours=24)
KEEP_ATTEMPTS = timedelta(hours=1)


def forget_old() -> dict[str, int]:
    """Remove answers older than a day, counted tries and ended sessions; how many of each."""
    now = SystemClock().now()
    return {
        "answers": IdempotencyRecord.objects.filter(created_at__lt=now - KEEP_ANSWERS).delete()[0],
        "attempts": Attempt.objects.filter(at__lt=now - KEEP_ATTEMPTS).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
    }
