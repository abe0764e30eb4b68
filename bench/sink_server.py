"""The sink as the workloads see it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.adapter import Adapter, Flow, SetField
from bench.process import PYTHON_ENV, Proc, free_port, python, wait_port

Arrival = tuple[int | None, float, bool]
"""The event's number, when it arrived, and whether its content was right."""


@dataclass
class Sink:
    """A running sink process and a client to ask it."""

    proc: Proc
    base: str
    client: aiohttp.ClientSession

    @property
    def url(self) -> str:
        """Where flows deliver."""
        return self.base + "/deliver"

    async def reset(self, flow: Flow) -> None:
        """Forget what arrived; from now on expect what `flow` makes."""
        expect = {s.field: [s.prefix, s.source] for s in flow.steps if isinstance(s, SetField)}
        await (await self.client.post(self.base + "/reset", json=expect)).read()

    async def distinct(self) -> int:
        """How many events have arrived at least once."""
        return int((await self._ask("/count"))["distinct"])

    async def arrivals(self) -> list[Arrival]:
        """Everything that arrived, in order."""
        return [(number, at, ok) for number, at, ok in await self._ask("/arrivals")]

    async def wait_for(self, wanted: int, settle: float) -> None:
        """Until `wanted` distinct events have arrived, or none has for `settle` seconds."""
        last, moved = -1, time.monotonic()
        while True:
            now = await self.distinct()
            if now != last:
                last, moved = now, time.monotonic()
            if now >= wanted or time.monotonic() - moved > settle:
                return
            await asyncio.sleep(0.1)

    async def _ask(self, path: str) -> Any:
        async with self.client.get(self.base + path) as answer:
            return await answer.json()


@asynccontextmanager
async def sink_server(adapter: Adapter) -> AsyncIterator[Sink]:
    """A sink for one run; its log lies beside the adapter's folder."""
    port = free_port()
    logs = adapter.work.parent
    logs.mkdir(parents=True, exist_ok=True)
    proc = Proc("sink", python("bench.sink", str(port)), logs, PYTHON_ENV)
    try:
        await asyncio.to_thread(wait_port, port)
        async with aiohttp.ClientSession() as client:
            yield Sink(proc, f"http://127.0.0.1:{port}", client)
    finally:
        proc.stop()
