"""Chores of other apps that the workers' sweepers do: whoever has one says so when it is loaded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from django.db import DatabaseError, InterfaceError

from flows.store.presence import Presence, Rows

logger = structlog.get_logger(__name__)

_chores: dict[str, Callable[[], object]] = {}
_rows: dict[str, Rows] = {}
_presence: list[Presence] = []
"""Made when it is first asked, when all chores are known."""


def every_second(name: str, chore: Callable[[], object], rows: Rows | None = None) -> None:
    """Have a chore done about once a second by each worker; it must bear that others do it at the same time.

    Args:
        rows: what there is to do for it; while there is none it is not called. None: it finds out itself.
    """
    _chores[name] = chore
    if rows is not None:
        _rows[name] = rows
    _presence.clear()


def do_chores() -> None:
    """Do each that has something to do; one that fails does not hold up the others.

    Raises:
        DatabaseError: the database is away.
        InterfaceError: the same.
    """
    if not _presence:
        _presence.append(Presence(_rows))
    wanted = _presence[0].at(datetime.now(UTC))
    for name, chore in _chores.items():
        if name in wanted or name not in _rows:
            with alone("chore_failed", chore=name):
                chore()


@contextmanager
def alone(event: str, **told: str) -> Iterator[None]:
    """What breaks in the block is logged as `event` and does not hold up the others.

    Raises:
        DatabaseError: the database is away, for the others too.
        InterfaceError: the same.
    """
    try:
        yield
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        logger.exception(event, **told)
