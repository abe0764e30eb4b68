"""Asks once for all who want to know the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class SharedReads(Generic[K, V]):
    """Everybody gets an answer that was looked for after they asked: nothing is kept.

    For one event loop.
    """

    def __init__(self) -> None:
        self._next: dict[K, asyncio.Task[V]] = {}
        self._at_work: dict[K, asyncio.Task[V]] = {}

    async def ask(self, key: K, read: Callable[[], Awaitable[V]]) -> V:
        """What `read` answers: the caller's own, or that of somebody who asked for the same key.

        One read of a key is at work at a time. Whoever asks meanwhile shares the one that comes after it.
        """
        coming = self._next.get(key)
        if coming is None:
            coming = self._next[key] = asyncio.create_task(self._read(key, read))
        return await asyncio.shield(coming)

    async def _read(self, key: K, read: Callable[[], Awaitable[V]]) -> V:
        earlier = self._at_work.get(key)
        if earlier is not None:
            await asyncio.wait([earlier])
        self._at_work[key] = self._next.pop(key)
        try:
            return await read()
        finally:
            del self._at_work[key]
