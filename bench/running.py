"""What the workloads share: a system that is up, checked and warm, and how deliveries are counted."""

import asyncio
import os
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bench import load
from bench.adapter import Adapter, Flow
from bench.sink_server import Arrival, Sink, sink_server

CONNECTIONS = 32
WARM_UP = 100  # events sent, and delivered, before a throughput or latency measurement
LINGER = 1.0  # seconds to wait, when all have arrived, for late duplicates
SETTLE = 20.0  # seconds without a new delivery after which the rest counts as lost
MakeFlow = Callable[[str], Flow]


@dataclass
class Ready:
    """When a system was up."""

    accepted_at: float  # when the first probe that was really delivered had been answered
    delivered_at: float
    answered_but_lost: int  # probes answered 2xx before that one, and never delivered


async def wait_ready(adapter: Adapter, sink: Sink, seconds: float = 180) -> Ready:
    """Send probe events (id < 0) until one comes out at the sink.

    An answer 2xx alone does not do: some systems answer 200 to anything while they start.
    """
    probes: dict[int, load.Sent] = {}
    first = min([0] + [n for n, _at, _ok in await sink.arrivals() if n is not None]) - 1
    end = time.monotonic() + seconds
    async with load.session(adapter.door, 1, timeout=10) as client:
        while time.monotonic() < end:
            number = first - len(probes)
            [probes[number]] = await load.post(client, adapter.door.url, load.encode([number])[0])
            delivered = {n: at for n, at, _ok in await sink.arrivals() if n in probes}
            if delivered:
                number = min(delivered, key=lambda n: probes[n].answered_at)
                answered = probes[number].answered_at
                early = sum(p.accepted and p.answered_at < answered for p in probes.values())
                return Ready(answered, delivered[number], early)
            await asyncio.sleep(0.05)
    raise TimeoutError(f"{adapter.name}: no event came through in {seconds} s")


async def check(adapter: Adapter, sink: Sink, flow: Flow) -> None:
    """The flow does what it should: a level 3 event arrives with the right content, a level 1 does not."""
    await sink.reset(flow)
    low, high = 2_000_001, 2_000_003
    async with load.session(adapter.door, 2, timeout=30) as client:
        for number, level in ((low, 1), (high, 3)):
            [sent] = await load.post(client, adapter.door.url, load.encode([number], level)[0])
            if not sent.accepted:
                raise RuntimeError(f"{adapter.name}: event not accepted (status {sent.status})")
    await sink.wait_for(1, 30)
    await asyncio.sleep(2)
    got = [(number, ok) for number, _at, ok in await sink.arrivals() if number is None or number >= 0]
    if got != [(high, True)]:
        raise RuntimeError(f"{adapter.name}: wrong flow behaviour, sink saw {got}")


async def warm_up(adapter: Adapter, sink: Sink, flow: Flow) -> None:
    """Some events before the clock starts."""
    await sink.reset(flow)
    await load.flood(adapter.door, load.encode(range(1_000_000, 1_000_000 + WARM_UP)), 4)
    await sink.wait_for(WARM_UP, SETTLE)
    await asyncio.sleep(2)
    await sink.reset(flow)


def pids(adapter: Adapter, sink: Sink) -> dict[str, int]:
    """Role -> process id of everything that works in a run."""
    return {**adapter.pids(), "sink": sink.proc.pid, "load": os.getpid()}


@asynccontextmanager
async def running(adapter: Adapter, make_flow: MakeFlow) -> AsyncIterator[tuple[Sink, Flow]]:
    """A fresh system with the flow loaded, checked and warm."""
    async with sink_server(adapter) as sink:
        flow = make_flow(sink.url)
        try:
            adapter.prepare(flow)
            adapter.launch()
            await wait_ready(adapter, sink)
            await check(adapter, sink, flow)
            await warm_up(adapter, sink, flow)
            yield sink, flow
        finally:
            adapter.stop()


def tally(sent: list[load.Sent], arrivals: list[Arrival]) -> dict[str, Any]:
    """Deliveries of the accepted events, counted per event."""
    seen = Counter(number for number, _at, _ok in arrivals)
    accepted = {s.number for s in sent if s.accepted}
    times = Counter(min(seen[n], 2) for n in accepted)
    return {
        "offered": len(sent),
        "accepted": len(accepted),
        "delivered_once": times[1],
        "delivered_more": times[2],
        "lost": times[0],
        "duplicates": sum(seen[n] - 1 for n in accepted if seen[n] > 1),
        "not_accepted_but_delivered": sum(n is not None and n >= 0 and n not in accepted for n in seen),
        "wrong_content": sum(1 for _n, _at, ok in arrivals if not ok),
        "refused": dict(Counter(str(s.status) for s in sent if not s.accepted)),
    }


def percentiles(ms: list[float], prefix: str) -> dict[str, float]:
    """p50, p95, p99 and the largest, in milliseconds."""
    if len(ms) < 2:
        return {}
    q = statistics.quantiles(ms, n=100, method="inclusive")
    named = {"p50": q[49], "p95": q[94], "p99": q[98], "max": max(ms)}
    return {f"{prefix}_{name}_ms": round(value, 1) for name, value in named.items()}
