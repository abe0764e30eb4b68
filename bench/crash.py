"""W5: what a SIGKILL in the middle costs."""

import asyncio
import time
from typing import Any

from bench import load
from bench.adapter import Adapter, relay
from bench.running import CONNECTIONS, LINGER, running, tally, wait_ready


async def w5_crash(adapter: Adapter, events: int = 1000, what: str = "runner") -> dict[str, Any]:
    """1000 events; SIGKILL what runs the flows when half were accepted; start it again after 1 s.

    Events are never retried. After a connection error the generator waits until the system is
    back, then offers the rest. Only events answered 2xx are judged.
    """
    async with running(adapter, relay) as (sink, flow):
        half, gate = asyncio.Event(), asyncio.Event()
        gate.set()
        accepted = 0

        def on_sent(sent: list[load.Sent]) -> None:
            nonlocal accepted
            accepted += sum(entry.accepted for entry in sent)
            if accepted >= events // 2:
                half.set()

        bodies = load.encode(range(events))
        flood = asyncio.create_task(load.flood(adapter.door, bodies, CONNECTIONS, on_sent, gate))
        await half.wait()
        adapter.kill(what)
        killed_at, accepted_then, delivered_then = time.monotonic(), accepted, await sink.distinct()
        await asyncio.sleep(1.0)
        adapter.revive(what)
        ready = await wait_ready(adapter, sink)
        gate.set()
        sent = await flood
        await sink.wait_for(sum(s.accepted for s in sent), adapter.retries_within)
        # What was delivered but not yet written down is delivered once more when the dead worker's lease is over.
        await asyncio.sleep(max(LINGER, killed_at + adapter.retries_within - time.monotonic()))
        arrivals = [a for a in await sink.arrivals() if a[0] is not None and a[0] >= 0]
        return {
            "accepted_at_kill": accepted_then,
            "delivered_at_kill": delivered_then,
            "working_again_s": round(ready.delivered_at - killed_at, 1),
            "last_delivery_after_kill_s": round(max(at for _n, at, _ok in arrivals) - killed_at, 1),
            **tally(sent, arrivals),
            **adapter.stored(flow, {s.number for s in sent if s.accepted}),
        }


async def w5_web(adapter: Adapter, events: int = 1000) -> dict[str, Any]:
    """The same, with the process that takes the events."""
    return await w5_crash(adapter, events, "web")
