"""Tries counted in the database: all web processes count together; a failing count lets nobody through."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from accounts.models import Attempt
from common.clock import SystemClock
from common.problems import Problem


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in such a time."""

    tries: int
    window: timedelta


A_MINUTE = Limit(10, timedelta(minutes=1))
FORGET_AFTER = timedelta(hours=1)
MOST_ROWS = 50_000
"""The table holds no more, however many addresses a flood comes from; the oldest rows go first."""

_clock = SystemClock()


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted.

    Args:
        rows: where it was written down.
        over: the subjects that had too many before.
    """

    rows: tuple[int, ...]
    over: frozenset[str]

    def succeeded(self) -> None:
        """Success is not counted: people who know their password are never locked out by using it."""
        Attempt.objects.filter(pk__in=self.rows).delete()

    def refused(self) -> Problem:
        """What to tell; what is refused is not counted, so that the wait ends with the window."""
        self.succeeded()
        return Problem(
            429,
            "too_many_tries",
            "There were too many tries.",
            hint="Wait a minute, then try again.",
            extra={"retry_after": int(A_MINUTE.window.total_seconds())},
        )


def count(what: str, subjects: Mapping[str, Limit]) -> Try:
    """Count one try of `what` for each subject (an account, an address, a device).

    The row is written before it is counted, so that parallel tries see one another. For a subject that is over
    its limit nothing stays written.
    """
    now = _clock.now()
    keys = {hashlib.sha256(f"{what}\x00{subject}".encode()).hexdigest(): subject for subject in subjects}
    rows = Attempt.objects.bulk_create([Attempt(key=key, at=now) for key in keys])
    newest = max((row.pk for row in rows), default=0)
    Attempt.objects.filter(Q(at__lt=now - FORGET_AFTER) | Q(pk__lte=newest - MOST_ROWS)).delete()
    since = now - max((limit.window for limit in subjects.values()), default=A_MINUTE.window)
    recent = Counter(
        keys[key]
        for key, at in Attempt.objects.filter(key__in=keys, at__gt=since).values_list("key", "at")
        if at > now - subjects[keys[key]].window
    )
    over = frozenset(subject for subject, limit in subjects.items() if recent[subject] > limit.tries)
    if over:
        Attempt.objects.filter(pk__in=[row.pk for row in rows if keys[row.key] in over]).delete()
    return Try(tuple(row.pk for row in rows if keys[row.key] not in over), over)


def begin(what: str, subjects: Iterable[str], limit: Limit = A_MINUTE) -> Try:
    """Count one try, and stop it when one of its subjects had too many.

    Raises:
        Problem: 429 `too_many_tries`.
    """
    tried = count(what, dict.fromkeys(subjects, limit))
    if tried.over:
        raise tried.refused()
    return tried
