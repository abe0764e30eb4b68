"""What one rendering may do. Every step and every conversion is paid for before it is done."""

import time

from flows.sdk.errors import NodeError
from flows.sdk.json_types import Record

MAX_WORK = 4_194_304
"""Units of one rendering; a unit is about ten nanoseconds of work, such as one character that is looked at."""
INLINE_WORK = 65_536
"""What may be rendered on an event loop; what needs more is rendered on a thread."""
MAX_SECONDS = 5.0
"""The longest that a rendering on a thread may take, whatever the machine is busy with."""
EXPRESSION = 30
"""What reading an expression costs besides its characters."""
MAX_FLOW_EXPRESSIONS = 100_000
"""Characters of all expressions of a flow that have to be parsed, with `EXPRESSION` for each; plain fields are not.
They bound the time that reading takes, which is about twenty microseconds a character."""

STEP = 12
"""One piece of an expression: a field, a constant, an operator, a filter."""
ELEMENT = 8
"""One element or key that is walked over."""


class WorkSpent(NodeError):
    """The budget is used up. A rendering with a larger one may still succeed."""

    def __init__(self) -> None:
        super().__init__(
            "template_too_expensive",
            "The template does too much with too large values.",
            hint="Use smaller fields or fewer filters.",
        )


class Budget:
    """Work that may still be done, by one rendering or by several that share it.

    Args:
        most: units altogether.
        seconds: ends it by the clock, too, for renderings on a thread.
    """

    __slots__ = ("deadline", "most", "work")

    def __init__(self, most: int = MAX_WORK, *, seconds: float | None = None) -> None:
        self.most = most
        self.work = 0
        self.deadline = None if seconds is None else time.monotonic() + seconds

    def spend(self, amount: int) -> None:
        """Pay for what is about to be done.

        Raises:
            WorkSpent: there is not enough left.
        """
        self.work += amount
        if self.work > self.most or (self.deadline is not None and time.monotonic() > self.deadline):
            raise WorkSpent


class Scope:
    """What one rendering sees, and what it pays with."""

    __slots__ = ("record", "spend")

    def __init__(self, record: Record, budget: Budget | None = None) -> None:
        self.record = record
        self.spend = (budget or Budget()).spend
