"""The one way to wait for a database that is away for a moment."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

import structlog
from django.db import Error, InterfaceError, OperationalError, connection

logger = structlog.get_logger(__name__)
T = TypeVar("T")

AWAY: Final[tuple[type[Error], ...]] = (OperationalError, InterfaceError)
"""What Django raises when the database does not answer, is busy, or hung up."""
LONGEST_PAUSE = 2.0


def until_answered(
    work: Callable[[], T], pauses: Iterable[float], passing: tuple[type[Error], ...] = AWAY
) -> T:
    """Do `work`, and after each failure again on a new connection, as long as there are pauses. Blocks.

    Args:
        pauses: seconds before the second try, the third, and so on.
        passing: failures that may be over by then; any other is raised at once.
    """
    left = iter(pauses)
    while True:
        try:
            return work()
        except passing as error:
            connection.close()
            if (pause := next(left, None)) is None:
                raise
            logger.warning("database_away", error=type(error).__name__, text=str(error)[:300])
            time.sleep(pause)


def backoff(first: float, *, until: float = float("inf")) -> Iterator[float]:
    """Pauses in seconds, each twice as long as the one before, up to two.

    Args:
        until: the last one ends before this time of the monotonic clock.
    """
    pause = first
    while time.monotonic() + pause <= until:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)
