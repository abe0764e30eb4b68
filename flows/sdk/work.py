"""Work units: what one event or one step may cost, charged before the work is done.

A unit is about ten nanoseconds: one byte of input under one instruction of a regular expression, at its worst.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flows.sdk.errors import NodeError

COMPARISON_WORK = 2_000_000
"""One comparison, and all conditions together that one owner's flows put on one event."""

ELEMENT_WORK = 100
"""Looking at one element of a list."""


class TooExpensive(NodeError):
    """The work units are used up."""

    def __init__(self, message: str = "The comparison needs more work than one step may do.") -> None:
        super().__init__(
            "too_expensive", message, hint="Use a smaller pattern, a shorter field or a shorter list."
        )


class Budget:
    """How many units are left."""

    __slots__ = ("left",)

    def __init__(self, units: int) -> None:
        self.left = units

    def spend(self, units: int) -> None:
        """Pay before the work.

        Raises:
            TooExpensive: more than is left; nothing is taken then.
        """
        if units > self.left:
            raise TooExpensive
        self.left -= units


_current: ContextVar[Budget | None] = ContextVar("work_budget", default=None)


@contextmanager
def paid_from(budget: Budget) -> Iterator[None]:
    """Charge the work inside the block to this budget."""
    mark = _current.set(budget)
    try:
        yield
    finally:
        _current.reset(mark)


@contextmanager
def comparison_budget() -> Iterator[None]:
    """Charge the block to the budget that holds already, else to that of one comparison."""
    if _current.get() is not None:
        yield
        return
    with paid_from(Budget(COMPARISON_WORK)):
        yield


def spend(units: int) -> None:
    """Pay from the budget that holds; without one, for a single comparison.

    Raises:
        TooExpensive: see `Budget.spend`.
    """
    budget = _current.get()
    if budget is not None:
        budget.spend(units)
    elif units > COMPARISON_WORK:
        raise TooExpensive
