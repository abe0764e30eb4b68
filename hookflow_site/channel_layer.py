"""The channel layer: a Redis that is away for a while ends no websocket and writes no line for each."""

import asyncio
from typing import Any, Final

from channels_redis.core import RedisChannelLayer
from redis.exceptions import RedisError

from common.outages import Outage

PAUSE_SECONDS: Final = 1.0


class PatientLayer(RedisChannelLayer):  # type: ignore[misc]  # channels_redis has no types
    """Waits for messages through an outage: what the hints are about is read on time meanwhile."""

    _outage = Outage("channel layer", "live views are read every two seconds instead")

    async def _brpop_with_clean(self, index: int, channel: str, timeout: float) -> Any:
        try:
            found = await super()._brpop_with_clean(index, channel, timeout)
        except (RedisError, OSError, TimeoutError) as error:
            self._outage.failed(error)
            await asyncio.sleep(PAUSE_SECONDS)
            return None
        self._outage.over()
        return found

    async def _clean_receive_backup(self, index: int, channel: str) -> None:
        try:
            await super()._clean_receive_backup(index, channel)
        except (RedisError, OSError, TimeoutError) as error:
            self._outage.failed(error)
