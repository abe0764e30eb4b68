"""The hostile neighbour: while one tenant does its worst, how does another fare?"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from bench.adapter import Door
from bench.load import encode_many, paced
from bench.process import ROOT, free_port, python, say
from bench.systems.hookflow import Hookflow, HookflowPostgres, empty_platform

GOAL_EVENTS_P99_MS = 250.0
GOAL_HEALTH_MAX_MS = 100.0
EVENTS_A_SECOND = 20
HEALTH_CHECKS_A_SECOND = 10
QUIET_SECONDS = 5.0
READY_SECONDS = 90.0


class Attacked(Hookflow):
    """hookflow with two tenants."""

    def seed(self) -> None:
        """Take an empty platform and put the tenants in."""
        self.clean_work()
        self.port = free_port()
        self.data = self.work / "data"
        self.fill(empty_platform(type(self), self.cache))
        self.seeded = json.loads(self.run(python("bench.hostile_seed")))


class AttackedPostgres(Attacked, HookflowPostgres):
    """The same on PostgreSQL."""


def measure(cache: Path, seconds: float, only: str, *, on_postgres: bool, server: str) -> dict[str, Any]:
    """Start it, attack it, and tell how the other tenant fared."""
    with tempfile.TemporaryDirectory(prefix="flow-bench-") as scratch:
        Path(scratch).chmod(0o755)  # PostgreSQL may run as another user
        system = (AttackedPostgres if on_postgres else Attacked)(cache, Path(scratch) / "hostile")
        system.server = server
        try:
            system.seed()
            system.launch()
            return asyncio.run(_measured(system, seconds, only))
        finally:
            system.stop()


async def _measured(system: Attacked, seconds: float, only: str) -> dict[str, Any]:
    await _ready(system)
    await _fare(system, 2.0)  # what is loaded lazily is loaded now
    quiet = await _fare(system, QUIET_SECONDS)
    plan = {
        "base": system.base,
        "token": system.seeded["attacker"],
        "flow": system.seeded["flow"],
        "seconds": seconds,
        "only": only,
    }
    attacker = await asyncio.create_subprocess_exec(
        *python("bench.hostile_attacks"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    talk = asyncio.create_task(attacker.communicate(json.dumps(plan).encode()))
    try:
        under_attack = await _fare(system, seconds)
        out, _ = await asyncio.wait_for(talk, 60)
    finally:
        if attacker.returncode is None:
            attacker.kill()
    return {"quiet": quiet, "under_attack": under_attack, "attacks": json.loads(out)}


async def _ready(system: Attacked) -> None:
    end = time.monotonic() + READY_SECONDS
    async with aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.get(f"{system.base}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            if time.monotonic() > end:
                raise TimeoutError("It did not get ready.")
            await asyncio.sleep(0.2)


async def _fare(system: Attacked, seconds: float) -> dict[str, Any]:
    """Events of the other tenant at a steady rate, and health checks beside them."""
    door = Door(f"{system.base}/api/v1/events/", Hookflow._bearer(system.seeded["victim"]))
    events = encode_many(range(int(seconds * EVENTS_A_SECOND)), 1, system.batch_body)
    health = asyncio.create_task(_health(system.base, seconds))
    sent = await paced(door, list(events), EVENTS_A_SECOND)
    took = sorted(1000 * (one.answered_at - one.sent_at) for one in sent)
    checks = sorted(await health)
    return {
        "events": len(sent),
        "not_accepted": sum(not one.accepted for one in sent),
        "events_p50_ms": round(_share(took, 0.5), 1),
        "events_p99_ms": round(_share(took, 0.99), 1),
        "events_max_ms": round(took[-1], 1),
        "health_p50_ms": round(_share(checks, 0.5), 1),
        "health_max_ms": round(checks[-1], 1),
    }


async def _health(base: str, seconds: float) -> list[float]:
    took = []
    async with aiohttp.ClientSession() as client:
        for _ in range(int(seconds * HEALTH_CHECKS_A_SECOND)):
            began = time.monotonic()
            try:
                async with client.get(f"{base}/healthz") as answer:
                    await answer.read()
                took.append(1000 * (time.monotonic() - began))
            except (TimeoutError, aiohttp.ClientError):
                took.append(1000 * seconds)
            await asyncio.sleep(1 / HEALTH_CHECKS_A_SECOND)
    return took


def _share(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]


def report(found: dict[str, Any]) -> bool:
    """Print the figures beside the goals; whether they are met."""
    quiet, under = found["quiet"], found["under_attack"]
    say(f"{'':24}{'quiet':>10}{'attacked':>10}{'goal':>8}")
    goals = {"events_p99_ms": GOAL_EVENTS_P99_MS, "health_max_ms": GOAL_HEALTH_MAX_MS, "not_accepted": 0}
    for name, value in under.items():
        say(f"{name:24}{quiet[name]:>10}{value:>10}{goals.get(name, ''):>8}")
    for name, count in found["attacks"].items():
        say(f"  {name:32}" + ", ".join(f"{status}: {times}" for status, times in sorted(count.items())))
    is_met = all(under[name] <= goal for name, goal in goals.items())
    say("The goals are met." if is_met else "The goals are MISSED.")
    return is_met


def main(cache: Path, seconds: float, only: str, *, on_postgres: bool, server: str) -> None:
    """Measure and report; exit code 1 when a goal is missed."""
    if not report(measure(cache, seconds, only, on_postgres=on_postgres, server=server)):
        sys.exit(1)
