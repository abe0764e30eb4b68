"""Puts the log lines of a step down while it is at work, so that watchers see them."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from common.clock import SystemClock
from common.redact import log_line
from flows.engine.progress import MAX_LOG_LINES
from flows.sdk.logs import LineLog

SECONDS: Final = 0.2
MANY_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class Line:
    """What a node said, and when."""

    at: datetime
    level: str
    text: str


@dataclass(slots=True)
class StepLog(LineLog):
    """The lines of one step, written by whatever thread it works on; each is redacted and freed of control characters.

    Once it is closed, whoever is late writes into the void.
    """

    clock: SystemClock
    is_closed: bool = False
    on_many: Callable[[], object] | None = None
    _lines: deque[Line] = field(default_factory=deque)

    def take(self) -> list[Line]:
        """The lines since the last time."""
        return [self._lines.popleft() for _ in range(len(self._lines))]

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, level: str, text: str) -> None:
        """Keep it, while there is room."""
        if self.is_closed or len(self._lines) >= MAX_LOG_LINES:
            return
        self._lines.append(Line(self.clock.now(), level, log_line(text)))
        if self.on_many is not None and len(self._lines) % MANY_LINES == 0:
            self.on_many()


class Live:
    """`async with Live(log, keep, put, late):` around a step.

    Args:
        keep: takes a line over into what the run writes down.
        put: puts down what the run has written so far; one call at a time.
        late: called each time that the step has worked for another while.
        is_at_once: the step works in memory only, so that its lines are there when it ends.
    """

    def __init__(
        self,
        log: StepLog,
        keep: Callable[[Line], None],
        put: Callable[[], Coroutine[Any, Any, None]],
        late: Callable[[], None],
        *,
        is_at_once: bool = False,
    ) -> None:
        self._log, self._keep, self._put, self._late = log, keep, put, late
        self._is_at_once = is_at_once
        self._timer: asyncio.TimerHandle | None = None
        self._putting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        if self._is_at_once:
            return
        loop = self._loop = asyncio.get_running_loop()
        self._timer = loop.call_later(SECONDS, self._tick)
        self._log.on_many = lambda: loop.call_soon_threadsafe(self._show)

    async def __aexit__(self, *error: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._putting is not None:
            # What follows in the run must be put down after this, and not at all when this could not be.
            await self._putting
        self._take_over()

    def _tick(self) -> None:
        self._timer = self._loop.call_later(SECONDS, self._tick)
        self._late()
        self._show()

    def _show(self) -> None:
        is_free = self._putting is None or (self._putting.done() and self._putting.exception() is None)
        if self._log and is_free and not self._log.is_closed:
            self._take_over()
            self._putting = self._loop.create_task(self._put())

    def _take_over(self) -> None:
        for line in self._log.take():
            self._keep(line)
