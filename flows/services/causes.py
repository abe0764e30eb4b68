"""Which run causes what happens now, so that events know where they come from; what a test run launches is one, too."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Cause:
    """The run at work, and how many runs stand between it and an event from outside."""

    run_id: UUID
    depth: int
    is_test: bool = False


_current: ContextVar[Cause | None] = ContextVar("cause", default=None)


def current_cause() -> Cause | None:
    """The run at work in this context, if one is."""
    return _current.get()


@contextmanager
def caused_by(run_id: UUID, depth: int, *, is_test: bool = False) -> Iterator[None]:
    """Within, every event is caused by that run."""
    token = _current.set(Cause(run_id, depth, is_test))
    try:
        yield
    finally:
        _current.reset(token)
