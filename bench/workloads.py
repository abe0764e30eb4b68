"""The workloads. Each runs one system once, from a clean start, and returns a dict of figures."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench import load
from bench.adapter import Adapter, chain, relay
from bench.crash import w5_crash, w5_web
from bench.procstat import Meter, memory_mib
from bench.running import (
    CONNECTIONS,
    LINGER,
    SETTLE,
    MakeFlow,
    check,
    percentiles,
    pids,
    running,
    tally,
    wait_ready,
)
from bench.services import disk_mib
from bench.sink_server import Sink, sink_server

Figures = dict[str, Any]
BATCH = 100
BATCH_CONNECTIONS = 4


async def throughput(adapter: Adapter, make_flow: MakeFlow, events: int, batch: int = 1) -> Figures:
    """As fast as accepted; from the first send to the last delivery."""
    async with running(adapter, make_flow) as (sink, flow):
        if batch == 1:
            door, bodies, connections = adapter.door, load.encode(range(events)), CONNECTIONS
        else:
            door, connections = adapter.batch_door, BATCH_CONNECTIONS
            bodies = list(load.encode_many(range(events), batch, adapter.batch_body))
        meter = Meter(pids(adapter, sink))
        sent = await load.flood(door, bodies, connections)
        await sink.wait_for(sum(s.accepted for s in sent), SETTLE)
        figures = meter.read()
        await asyncio.sleep(LINGER)
        rates = await _rates(sink, sent)
        kept = adapter.stored(flow, {s.number for s in sent if s.accepted})
        return {**rates, **figures, **kept}


async def _rates(sink: Sink, sent: list[load.Sent]) -> Figures:
    arrivals = await sink.arrivals()
    counts = tally(sent, arrivals)
    begin = min(s.sent_at for s in sent)
    delivered = counts["delivered_once"] + counts["delivered_more"]
    offered_for = max(s.answered_at for s in sent) - begin
    took = max(at for _n, at, _ok in arrivals) - begin if arrivals else None
    return {
        "flows_per_s": round(delivered / took, 1) if took else 0,
        "accepted_per_s": round(counts["accepted"] / offered_for, 1),
        "seconds": round(took, 2) if took else None,
        **counts,
        **percentiles([1000 * (s.answered_at - s.sent_at) for s in sent if s.accepted], "accept"),
        **_deliveries(sent, arrivals),
    }


def _deliveries(sent: list[load.Sent], arrivals: list[Any]) -> Figures:
    at: dict[int | None, float] = {}
    for number, when, _ok in arrivals:
        at.setdefault(number, when)
    return percentiles([1000 * (at[s.number] - s.sent_at) for s in sent if s.number in at], "delivery")


async def w1_relay(adapter: Adapter, events: int = 3000) -> Figures:
    """3000 events through filter + template, as fast as accepted on 32 connections."""
    return await throughput(adapter, relay, events)


async def w1_batch(adapter: Adapter, events: int = 3000) -> Figures:
    """The same events, 100 to a request, on 4 connections; for systems that take many at once."""
    return await throughput(adapter, relay, events, BATCH)


async def w2_latency(adapter: Adapter, events: int = 400, rate: float = 20) -> Figures:
    """20 events/s for 20 s through the relay flow; from send to delivery."""
    async with running(adapter, relay) as (sink, flow):
        meter = Meter(pids(adapter, sink))
        sent = await load.paced(adapter.door, load.encode(range(events)), rate)
        await sink.wait_for(sum(s.accepted for s in sent), SETTLE)
        figures = meter.read()
        await asyncio.sleep(LINGER)
        rates = await _rates(sink, sent)
        kept = adapter.stored(flow, {s.number for s in sent if s.accepted})
        return {**rates, **figures, **kept}


async def w2_latency_slow(adapter: Adapter, events: int = 100) -> Figures:
    """W2 at 5 events/s for 20 s, for systems that 20 events/s saturate."""
    return await w2_latency(adapter, events, rate=5)


async def w3_chain(adapter: Adapter, events: int = 1000) -> Figures:
    """1000 events through 20 chained steps (10 filters, 10 templates)."""
    return await throughput(adapter, chain, events)


async def w4_footprint(adapter: Adapter, events: int = 0) -> Figures:
    """Start time on existing data, idle memory, install size."""
    async with sink_server(adapter) as sink:
        flow = relay(sink.url)
        try:
            adapter.prepare(flow)
            adapter.launch()
            await wait_ready(adapter, sink)
            await check(adapter, sink, flow)
            adapter.halt()
            await sink.reset(flow)
            begin = time.monotonic()
            adapter.launch()
            ready = await wait_ready(adapter, sink)
            await asyncio.sleep(20)
            return {
                "start_to_accept_s": round(ready.accepted_at - begin, 2),
                "start_to_delivery_s": round(ready.delivered_at - begin, 2),
                "probes_answered_2xx_but_lost": ready.answered_but_lost,
                **_memory(adapter),
                "install_mib": {label: round(disk_mib(p)) for label, p in adapter.install_paths().items()},
            }
        finally:
            adapter.stop()


def _memory(adapter: Adapter) -> Figures:
    own = {role: memory_mib(proc.pid) for role, proc in adapter.procs.items()}
    apart = {role: memory_mib(pid) for role, pid in adapter.pids().items()}
    return {
        "idle_rss_mib": round(sum(rss for rss, _ in own.values())),
        "idle_pss_mib": round(sum(pss for _, pss in own.values())),
        "idle_pss_by_role": {role: round(pss) for role, (_, pss) in apart.items()},
    }


Workload = Callable[..., Awaitable[Figures]]
WORKLOADS: dict[str, Workload] = {
    "W1": w1_relay,
    "W1-batch": w1_batch,
    "W2": w2_latency,
    "W2-slow": w2_latency_slow,
    "W3": w3_chain,
    "W4": w4_footprint,
    "W5": w5_crash,
    "W5-web": w5_web,
}


def fits(adapter: type[Adapter], workload: str) -> bool:
    """Whether a system can be measured with a workload at all."""
    if workload == "W1-batch":
        return adapter.takes_batches
    return workload != "W5-web" or "web" in adapter.killable
