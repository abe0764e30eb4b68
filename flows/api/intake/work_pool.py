"""Work that is too long for the event loop: a few threads, of which a tenant has one at a time, and a share."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from common.problems import Problem

THREADS = 2
QUICK_BYTES = 4096
"""A body of so many bytes is read on the loop: at its worst it takes four milliseconds."""

MOST_WAITING = 16
"""Requests of one tenant that may wait for its turn."""

SHARE = 0.2
"""Of each second, how much processor time one tenant's work may take in the long run."""

BURST_SECONDS = 1.5
"""How much of it a tenant may take at once after a pause."""

MOST_ACCOUNTS = 10_000
T = TypeVar("T")


@dataclass(slots=True)
class _Account:
    """What one tenant may still take, as of a moment."""

    left: float = BURST_SECONDS
    looked_at: float = field(default_factory=time.monotonic)
    open: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def check(self) -> None:
        """Let more work be done, or not."""
        now = time.monotonic()
        self.left = min(BURST_SECONDS, self.left + SHARE * (now - self.looked_at))
        self.looked_at = now
        if self.left <= 0:
            raise _too_much_work(-self.left / SHARE)


class WorkPool:
    """Used on one event loop."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="intake-work")
        self._accounts: dict[int | None, _Account] = {}

    async def sized(self, size: int, tenant_id: int | None, work: Callable[[], T]) -> T:
        """Do at once what is about few bytes, the rest as `run` does."""
        return work() if size <= QUICK_BYTES else await self.run(tenant_id, work)

    async def run(self, tenant_id: int | None, work: Callable[[], T]) -> T:
        """Do it on a thread, at the tenant's cost.

        Args:
            work: bounded by itself; what it raises is raised here.

        Raises:
            Problem: 429 `too_much_work`: the tenant's share is used up, or too many of its requests wait.
        """
        account = self._account(tenant_id)
        account.check()
        if account.open > MOST_WAITING:
            raise _too_much_work(0)
        account.open += 1
        try:
            async with account.turn:
                account.check()  # what had its turn before may have used the share up
                result, seconds = await asyncio.wrap_future(self._threads.submit(_timed, work))
                account.left -= seconds
        finally:
            account.open -= 1
        if isinstance(result, Exception):
            raise result
        return result

    def _account(self, tenant_id: int | None) -> _Account:
        found = self._accounts.get(tenant_id)
        if found is None:
            if len(self._accounts) >= MOST_ACCOUNTS:
                self._accounts = {key: one for key, one in self._accounts.items() if one.open or one.left < 0}
            found = self._accounts[tenant_id] = _Account()
        return found


def _timed(work: Callable[[], T]) -> tuple[T | Exception, float]:
    began = time.thread_time()
    result: T | Exception
    try:
        result = work()
    except Exception as error:  # noqa: BLE001  # raised again where the result is awaited; its time counts too
        result = error
    return result, time.thread_time() - began


def _too_much_work(seconds: float) -> Problem:
    return Problem(
        429,
        "too_much_work",
        "The events of this tenant need more work than its share of the intake allows.",
        hint="Send smaller events, or send them later; simpler conditions and schemas need less.",
        extra={"retry_after": max(1, round(seconds + 0.5))},
    )
