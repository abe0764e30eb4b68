"""Tells watchers through Channels that runs have changed.

A hint carries ids only; whoever gets it reads the rows. Hints go out in coalesced batches, after the commit, only for
what is being watched, and may be lost: the reader looks at the database now and then anyway.
"""

import asyncio
import threading
import time
from collections.abc import Sequence
from uuid import UUID

import redis.asyncio
from channels.layers import get_channel_layer
from django.conf import settings

from common.outages import Outage
from flows.services.watching import flow_group, run_group, watched

LEAST_SECONDS_BETWEEN = 0.1
REGISTRY_SECONDS = 0.25
SEND_SECONDS = 2.0


class ChannelPublisher:
    """`flows.engine.journal.Publisher` with a thread of its own, so that a hanging Redis holds up nothing."""

    def __init__(self) -> None:
        self._changes: dict[UUID, UUID] = {}
        self._lock = threading.Lock()
        self._pressed = threading.Event()
        self._groups: set[str] = set()
        self._outage = Outage("publisher", "live views follow up to two seconds later")
        self._looked = 0.0
        threading.Thread(target=self._work, name="publisher", daemon=True).start()

    def changed(self, changes: Sequence[tuple[UUID, UUID]]) -> None:
        """These runs, as (run id, flow id), have new rows."""
        if not changes:
            return
        with self._lock:
            self._changes.update(changes)
        self._pressed.set()

    def _work(self) -> None:
        client = redis.asyncio.Redis.from_url(
            settings.REDIS.redis_url, socket_timeout=SEND_SECONDS, socket_connect_timeout=SEND_SECONDS
        )
        # The wait is on this daemon thread: one of asyncio's own threads would hold up the end of the process.
        with asyncio.Runner() as loop:
            while True:
                self._pressed.wait()
                self._pressed.clear()
                with self._lock:
                    changes, self._changes = self._changes, {}
                loop.run(self._publish_or_lose(client, changes))

    async def _publish_or_lose(self, client: redis.asyncio.Redis, changes: dict[UUID, UUID]) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._publish(client, changes)
        except Exception as error:  # noqa: BLE001  # a lost hint costs a moment
            self._outage.failed(error)
        else:
            self._outage.over()
        await asyncio.sleep(LEAST_SECONDS_BETWEEN)

    async def _publish(self, client: redis.asyncio.Redis, changes: dict[UUID, UUID]) -> None:
        if time.monotonic() - self._looked > REGISTRY_SECONDS:
            self._groups = await watched(client)
            self._looked = time.monotonic()
        if not self._groups:
            return
        wanted = {run_group(run_id) for run_id in changes} | {flow_group(flow) for flow in changes.values()}
        layer = get_channel_layer()
        for group in wanted & self._groups:
            await layer.group_send(group, {"type": "rows.changed"})
