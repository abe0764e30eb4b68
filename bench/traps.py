"""Life-cycle traps: how many can be sent, and what a thousand of them a second cost the runs beside them."""

import asyncio
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from bench import load
from bench.adapter import Adapter, Flow, relay
from bench.process import python, say
from bench.procstat import Meter
from bench.running import CONNECTIONS, SETTLE, pids, running
from bench.sink_server import Sink
from bench.systems.hookflow import Hookflow, HookflowPostgres

GOAL_SLOWED_PERCENT = 10.0
QUIET_EVENT = "bench.quiet"
REQUESTS_A_SECOND = 10
ALONE_SECONDS = 3.0
EMPTIED_SECONDS = 0.05
CONTEXT = {
    "event_type": "workflow_started",
    "execution_id": "0199c0de-0000-7000-8000-000000000002",
    "workflow_id": "Back up web-1",
    "tenant_name": "default_tenant",
    "deployment_id": "4",
    "timestamp": "2026-01-15T09:30:00.000Z",
    "execution_parameters": {"server": {"id": 4, "hostname": "web-1.example.org"}},
    "arguments": None,
}
SENDING = """
import json, sys, time
from actions.credentials.snmp import SnmpFields
from actions.services.snmp import send
from hooks.services.traps import notification_of
context, port, seconds, fields = json.loads(sys.argv[1])
target = SnmpFields(host="127.0.0.1", port=port, **fields)
send("127.0.0.1", target, notification_of(context))
began, used, count = time.monotonic(), time.process_time(), 0
while time.monotonic() < began + seconds:
    send("127.0.0.1", target, notification_of(context))
    count += 1
print(json.dumps([count / (time.monotonic() - began), 1e6 * (time.process_time() - used) / max(count, 1)]))
"""
V3 = {
    "version": "v3",
    "user": "bench",
    "auth_key": "auth-secret",
    "priv_key": "priv-secret",
    "engine_id": "80000000010203",
}


class Receivers:
    """Some UDP ports of this machine, and how many datagrams came to them.

    What a receiver does is no part of what is measured, and a thread that wakes for each datagram costs as much as
    sending it: one thread empties all of them, now and then.
    """

    def __init__(self, count: int) -> None:
        self.came = 0
        self._sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
        for each in self._sockets:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
            each.bind(("127.0.0.1", 0))
            each.setblocking(False)
        self.ports = [each.getsockname()[1] for each in self._sockets]
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        while not self._is_over.wait(EMPTIED_SECONDS):
            for each in self._sockets:
                with suppress(BlockingIOError):
                    while True:
                        each.recv(65_535)
                        self.came += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        self._thread.join()
        for each in self._sockets:
            each.close()


def trap_event(destinations: int) -> str:
    """The event type whose flow tells so many receivers."""
    return f"bench.trap.{destinations}"


class Telling(Hookflow):
    """hookflow with some flows more: one does nothing with its events, each other sends them to so many receivers."""

    receivers: Receivers
    shapes: tuple[int, ...] = ()
    dead = 0

    def prepare(self, flow: Flow) -> None:
        """Put them in, too."""
        super().prepare(flow)
        wanted = {
            "ports": self.receivers.ports,
            "dead": self.dead,
            "quiet": QUIET_EVENT,
            "traps": {trap_event(destinations): destinations for destinations in self.shapes},
            "context": CONTEXT,
        }
        self.run(python("bench.traps_seed", json.dumps(wanted)))


class TellingPostgres(Telling, HookflowPostgres):
    """The same on PostgreSQL."""


def measure(cache: Path, args: Any) -> dict[str, Any]:
    """Traps alone; then runs beside as many events that send none, and beside those that do."""
    shapes = tuple(int(text) for text in args.destinations.split(","))
    with (
        tempfile.TemporaryDirectory(prefix="flow-bench-") as scratch,
        Receivers(max(shapes)) as receivers,
    ):
        Path(scratch).chmod(0o755)  # PostgreSQL may run as another user
        system = (TellingPostgres if args.postgres else Telling)(cache, Path(scratch) / "traps")
        system.receivers, system.shapes, system.dead = receivers, shapes, args.dead
        system.clean_work()
        system.port, system.data, system.url = 1, system.work, ""
        alone = {
            name: _alone(system, receivers.ports[0], fields)
            for name, fields in (("v2c", {"version": "v2c", "community": "bench"}), ("v3", V3))
        }
        return {"alone": alone, "beside": asyncio.run(_beside(system, receivers, args))}


def _alone(system: Hookflow, port: int, fields: dict[str, str]) -> dict[str, float]:
    told = json.dumps([CONTEXT, port, ALONE_SECONDS, fields])
    rate, cost = json.loads(system.run([sys.executable, "-c", SENDING, told]))
    return {"traps_per_s": round(rate, 1), "cpu_us": round(cost, 1)}


async def _beside(system: Telling, receivers: Receivers, args: Any) -> list[dict[str, Any]]:
    async with running(system, relay) as (sink, flow):
        return [
            await _compared(system, sink, flow, receivers, destinations, args)
            for destinations in system.shapes
        ]


async def _compared(
    system: Telling, sink: Sink, flow: Flow, receivers: Receivers, destinations: int, args: Any
) -> dict[str, Any]:
    """The same with events whose runs tell so many receivers, and with as many whose runs do nothing."""
    trap, rate = trap_event(destinations), args.rate / destinations
    found: dict[str, list[dict[str, Any]]] = {QUIET_EVENT: [], trap: []}
    for repeat in range(args.repeats):
        for event in (QUIET_EVENT, trap) if repeat % 2 == 0 else (trap, QUIET_EVENT):
            found[event].append(await _flooded(system, sink, flow, event, rate, args))
            await _calm(receivers)
    quiet, loud = (statistics.median(each["runs_per_s"] for each in found[event]) for event in found)
    return {
        "destinations": destinations,
        "trap_runs_per_s": rate,
        "runs_per_s_without_traps": round(quiet, 1),
        "runs_per_s_with_traps": round(loud, 1),
        "slowed_percent": round(100 * (1 - loud / quiet), 1),
        "traps_per_s_received": statistics.median(each["traps_per_s"] for each in found[trap]),
        "each": found,
    }


async def _flooded(
    system: Telling, sink: Sink, flow: Flow, event: str, rate: float, args: Any
) -> dict[str, Any]:
    """The relay flow as fast as it goes, while events of the other flow come at a steady rate."""
    await sink.reset(flow)
    beside = asyncio.create_task(_steady(system, event, rate))
    await asyncio.sleep(1)
    meter, before = Meter(pids(system, sink)), system.receivers.came
    try:
        sent = await load.flood(system.door, load.encode(range(args.events)), CONNECTIONS)
        await sink.wait_for(sum(one.accepted for one in sent), SETTLE)
    finally:
        beside.cancel()
        figures = meter.read()
    came, arrivals = system.receivers.came - before, await sink.arrivals()
    took = max(at for _, at, _ in arrivals) - min(one.sent_at for one in sent)
    return {
        "runs_per_s": round(len(arrivals) / took, 1),
        "traps_per_s": round(came / figures["metered_s"], 1),
        **figures,
    }


async def _calm(receivers: Receivers) -> None:
    """Until what was begun has come."""
    before = -1
    while receivers.came != before:
        before = receivers.came
        await asyncio.sleep(2)


async def _steady(system: Adapter, event: str, rate: float) -> None:
    body = json.dumps([{"type": event, "payload": CONTEXT}] * round(rate / REQUESTS_A_SECOND)).encode()
    async with load.session(system.batch_door, 0) as client:
        began, asked = time.monotonic(), []
        for number in range(10**9):
            await asyncio.sleep(max(0.0, began + number / REQUESTS_A_SECOND - time.monotonic()))
            asked.append(asyncio.create_task(load.post(client, system.batch_door.url, ((), body))))


def main(cache: Path, args: Any) -> None:
    """Measure, print, and add a line to the results; exit code 1 when the goal is missed."""
    figures = measure(cache, args)
    for name, alone in figures["alone"].items():
        say(
            f"{name}: {alone['traps_per_s']:,} traps/s from one thread, {alone['cpu_us']} µs of computing each"
        )
    for shape in figures["beside"]:
        say(
            f"{shape['trap_runs_per_s']:g} runs/s more, of {shape['destinations']} destinations each: runs/s without "
            f"traps {shape['runs_per_s_without_traps']}, with {shape['runs_per_s_with_traps']}, slowed by "
            f"{shape['slowed_percent']} % (goal: {GOAL_SLOWED_PERCENT} %), while {shape['traps_per_s_received']} "
            "traps/s came"
        )
    row = {
        "system": "hookflow",
        "workload": "traps",
        "cores": os.cpu_count(),
        "rate": args.rate,
        "figures": figures,
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with args.out.open("a") as file:
        file.write(json.dumps({"at": time.strftime("%Y-%m-%dT%H:%M:%S"), **row}) + "\n")
    if any(shape["slowed_percent"] > GOAL_SLOWED_PERCENT for shape in figures["beside"]):
        sys.exit(1)
