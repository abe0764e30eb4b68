"""Tries counted in the database: all web processes count together; a failing count lets nobody through."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count

from accounts.models import Attempt
from common.clock import SystemClock
from common.problems import Problem

LIMIT = 10
WINDOW = timedelta(minutes=1)
FORGET_AFTER = timedelta(hours=1)
_clock = SystemClock()


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was let through."""

    rows: tuple[int, ...]

    def succeeded(self) -> None:
        """Success is not counted: people who know their password are never locked out by using it."""
        Attempt.objects.filter(pk__in=self.rows).delete()


def begin(what: str, subjects: Iterable[str]) -> Try:
    """Count one try of `what` for each subject (an account, an address).

    The row is written before it is counted, so that parallel tries see one another.

    Raises:
        Problem: 429 `too_many_tries` on the eleventh in a minute for any of the subjects.
    """
    now = _clock.now()
    keys = {hashlib.sha256(f"{what}\x00{subject}".encode()).hexdigest() for subject in subjects}
    Attempt.objects.filter(at__lt=now - FORGET_AFTER).delete()
    rows = tuple(row.pk for row in Attempt.objects.bulk_create([Attempt(key=key, at=now) for key in keys]))
    recent = Attempt.objects.filter(key__in=keys, at__gt=now - WINDOW)
    most = max(recent.values("key").annotate(tries=Count("pk")).values_list("tries", flat=True), default=0)
    if most > LIMIT:
        Attempt.objects.filter(pk__in=rows).delete()
        seconds = int(WINDOW.total_seconds())
        raise Problem(
            429,
            "too_many_tries",
            "There were too many tries.",
            hint="Wait a minute, then try again.",
            extra={"retry_after": seconds},
        )
    return Try(rows)
