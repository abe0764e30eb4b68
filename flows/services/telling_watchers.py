"""Tells watchers through Channels that runs have changed.

A hint carries ids only; whoever gets it reads the rows. Hints go out in coalesced batches, after the commit, only for
what is being watched, and may be lost: the reader looks at the database now and then anyway.
"""

import asyncio
import threading
import time
from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

import redis.asyncio
from channels.layers import get_channel_layer
from django.conf import settings

from flows.services.hints import Hints
from flows.services.watching import flow_group, run_group, watched

LEAST_SECONDS_BETWEEN = 0.1
REGISTRY_SECONDS = 0.25
SEND_SECONDS = 2.0


class ChannelPublisher:
    """`flows.engine.run_store.Publisher`."""

    def __init__(self) -> None:
        self._changes: dict[UUID, UUID] = {}
        self._lock = threading.Lock()
        self._hints = Hints(
            "publisher",
            self._send,
            effect="live views follow up to two seconds later",
            rest=LEAST_SECONDS_BETWEEN,
        )
        self._groups: set[str] = set()
        self._looked = 0.0

    def changed(self, changes: Sequence[tuple[UUID, UUID]]) -> None:
        """These runs, as (run id, flow id), have new rows."""
        if not changes or self._is_unwatched:
            return
        with self._lock:
            self._changes.update(changes)
        self._hints.want()

    @property
    def _is_unwatched(self) -> bool:
        """Whether nobody watched anything a moment ago: then there is nothing to wake a thread for."""
        return not self._groups and time.monotonic() - self._looked <= REGISTRY_SECONDS

    # The wait is on the daemon thread: one of asyncio's own threads would hold up the end of the process.
    @cached_property
    def _loop(self) -> asyncio.Runner:
        return asyncio.Runner()

    @cached_property
    def _redis(self) -> redis.asyncio.Redis:
        return redis.asyncio.Redis.from_url(
            settings.REDIS.redis_url, socket_timeout=SEND_SECONDS, socket_connect_timeout=SEND_SECONDS
        )

    def _send(self) -> None:
        with self._lock:
            changes, self._changes = self._changes, {}
        self._loop.run(self._publish(changes))

    async def _publish(self, changes: dict[UUID, UUID]) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            if time.monotonic() - self._looked > REGISTRY_SECONDS:
                self._groups = await watched(self._redis)
                self._looked = time.monotonic()
            if not self._groups:
                return
            wanted = {run_group(run_id) for run_id in changes}
            wanted |= {flow_group(flow_id) for flow_id in changes.values()}
            layer = get_channel_layer()
            for group in wanted & self._groups:
                await layer.group_send(group, {"type": "rows.changed"})
