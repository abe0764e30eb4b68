"""Hears the bells, on one connection of the runner's loop."""

import asyncio
from collections.abc import Callable, Mapping
from math import inf

from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from common.outages import Outage
from flows.services.doorbell import BELL

LISTEN_SECONDS = 10
CONNECT_SECONDS = 2.0
TRY_AGAIN_SECONDS = 1.0


class Bell:
    """Takes a ring only for a runner that waits: while it is busy, the rings wake others.

    Args:
        url: of Redis; None is a bell that nobody hears.
    """

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._awaited = asyncio.Event()
        self._outage = Outage("runner", "runs start up to a second later")
        self.is_heard = False
        """Whether there is a connection over which it would ring."""

    @property
    def will_ring(self) -> bool:
        """Whether the next ring may come here; while the runner is busy, it goes to others."""
        return self.is_heard and self._awaited.is_set()

    def await_ring(self) -> None:
        """The runner has nothing to do."""
        self._awaited.set()

    async def hear(self, rung: Mapping[str, Callable[[], None]]) -> None:
        """Call what is named for a bell each time that it rings, until cancelled, through any outage of Redis."""
        while self._url is not None:
            try:
                await self._hear(self._url, rung)
            except (RedisError, OSError, TimeoutError) as error:
                self.is_heard = False
                self._outage.failed(error)
            await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def _hear(self, url: str, rung: Mapping[str, Callable[[], None]]) -> None:
        # Not through a client: what that does around each command costs a third more than the command.
        pool = ConnectionPool.from_url(url, retry=Retry(NoBackoff(), 0), decode_responses=True)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                listener = await pool.get_connection()  # type: ignore[no-untyped-call]  # redis-py does not say
            order = listener.pack_command("BLPOP", *rung, LISTEN_SECONDS)
            self._outage.over()
            self.is_heard = True
            for call in rung.values():
                call()  # for those that were lost before
            while True:
                await self._awaited.wait()
                # Redis answers after LISTEN_SECONDS at the latest; one that does not is away.
                async with asyncio.timeout(LISTEN_SECONDS + CONNECT_SECONDS):
                    await listener.send_packed_command(order, check_health=False)
                    heard = await listener.read_response(timeout=inf)
                if heard is not None:
                    if heard[0] == BELL:
                        self._awaited.clear()
                    rung[heard[0]]()
        finally:
            await pool.disconnect()
