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
SOON_SECONDS = 1
"""While a bell is left to others: there may be room again."""


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

    async def hear(
        self, rung: Mapping[str, Callable[[], None]], has_room: Callable[[str], bool] = lambda _: True
    ) -> None:
        """Call what is named for a bell each time that it rings, until cancelled, through any outage of Redis.

        Args:
            has_room: whether a ring of that bell may come here; one that comes all the same goes on to others.
        """
        while self._url is not None:
            try:
                await self._hear(self._url, rung, has_room)
            except (RedisError, OSError, TimeoutError) as error:
                self.is_heard = False
                self._outage.failed(error)
            await asyncio.sleep(TRY_AGAIN_SECONDS)

    async def _hear(
        self, url: str, rung: Mapping[str, Callable[[], None]], has_room: Callable[[str], bool]
    ) -> None:
        # Not through a client: what that does around each command costs a third more than the command. Nor with a time
        # limit of the connection's, which makes a task of each; those below hold.
        pool = ConnectionPool.from_url(
            url, retry=Retry(NoBackoff(), 0), decode_responses=True, socket_timeout=None
        )
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                listener = await pool.get_connection()  # type: ignore[no-untyped-call]  # redis-py does not say
            orders = {tuple(rung): listener.pack_command("BLPOP", *rung, LISTEN_SECONDS)}
            self._outage.over()
            self.is_heard = True
            for call in rung.values():
                call()  # for those that were lost before
            while True:
                await self._awaited.wait()
                bells = tuple(bell for bell in rung if has_room(bell))
                if bells not in orders:
                    orders[bells] = listener.pack_command("BLPOP", *bells, SOON_SECONDS)
                # Redis answers after LISTEN_SECONDS at the latest; one that does not is away.
                async with asyncio.timeout(LISTEN_SECONDS + CONNECT_SECONDS):
                    await listener.send_packed_command(orders[bells], check_health=False)
                    heard = await listener.read_response(timeout=inf)
                if heard is None:
                    continue
                if heard[0] == BELL:
                    self._awaited.clear()
                if has_room(heard[0]):
                    rung[heard[0]]()
                else:  # it was listened for before there was no room
                    await listener.send_command("LPUSH", *heard, check_health=False)
                    await listener.read_response(timeout=CONNECT_SECONDS)
        finally:
            await pool.disconnect()
