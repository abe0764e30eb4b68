"""Chores of other apps that the workers' sweepers do: whoever has one says so when it is loaded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.db import DatabaseError, InterfaceError

logger = structlog.get_logger(__name__)

_chores: dict[str, Callable[[], object]] = {}


def every_second(name: str, chore: Callable[[], object]) -> None:
    """Have a chore done about once a second by each worker; it must bear that others do it at the same time."""
    _chores[name] = chore


def do_chores() -> None:
    """Do each; one that fails does not hold up the others.

    Raises:
        DatabaseError: the database is away.
        InterfaceError: the same.
    """
    for name, chore in _chores.items():
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
