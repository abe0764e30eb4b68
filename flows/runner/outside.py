"""Threads for blocking calls to other systems: apart from those of our own database, with a share for each target."""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from flows.runner.pool import DatabasePool

T = TypeVar("T")

THREADS: Final = 64
OF_ONE_TARGET: Final = 8
OF_ONE_OWNER: Final = 32


class OutsidePool:
    """Runs calls on threads. Those to one target, and those of one owner's flows, have a share of them at most.

    What finds its share taken waits in order, without a thread. A place is free again when its thread is back, be it
    later than anyone waited for it.
    """

    def __init__(
        self, threads: int = THREADS, of_target: int = OF_ONE_TARGET, of_owner: int = OF_ONE_OWNER
    ) -> None:
        self._pool = DatabasePool(threads, "outside")
        self._of_target, self._of_owner = of_target, of_owner
        self._lines: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()

    def __enter__(self) -> "OutsidePool":
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown()

    async def run(
        self, target: str, owner: int | None, work: Callable[[], T], begun: Callable[[], None]
    ) -> T:
        """The answer of `work`.

        Args:
            target: whom it calls.
            owner: the tenant that the flow belongs to.
            begun: called when it has its thread.
        """
        # The owner's place comes second: what waits for a dead target keeps nobody from the others.
        lines = [
            self._line(("target", target), self._of_target),
            self._line(("owner", owner), self._of_owner),
        ]
        held: list[asyncio.Semaphore] = []
        try:
            for line in lines:
                await line.acquire()
                held.append(line)
        except BaseException:
            _release(held)
            raise
        begun()
        loop = asyncio.get_running_loop()

        def is_back(_: Future[T]) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits for a place any more
                loop.call_soon_threadsafe(_release, held)

        future = self._pool.submit(work)
        future.add_done_callback(is_back)
        return await asyncio.wrap_future(future)

    def _line(self, key: Hashable, places: int) -> asyncio.Semaphore:
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = asyncio.Semaphore(places)
        return line


def _release(held: list[asyncio.Semaphore]) -> None:
    for line in held:
        line.release()
