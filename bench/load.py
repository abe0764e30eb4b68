"""The load generator: events, and the ways of offering them."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.adapter import Door


def make_event(number: int, level: int = 3) -> dict[str, Any]:
    """About 1.2 kB of JSON: a few fields and a `server` object of about 1 kB."""
    return {
        "id": number,
        "name": f"User {number}",
        "email": f"user{number}@example.org",
        "level": level,
        "server": {
            "host": f"web-{abs(number) % 50:02d}.example.org",
            "os": "Debian GNU/Linux 12 (bookworm)",
            "uptime_s": 123456 + number,
            "load": [0.42, 0.37, 0.31],
            "tags": ["production", "eu-west", "frontend"],
            "disks": [{"mount": f"/data/{d}", "size_gb": 512, "used_pct": 10 * d} for d in range(8)],
            "env": {f"SETTING_{k:02d}": "value-" + "x" * 12 for k in range(14)},
        },
    }


@dataclass
class Sent:
    """One event and the answer to the request that carried it. `status` None: refused, reset, timed out."""

    number: int
    sent_at: float
    answered_at: float
    status: int | None

    @property
    def accepted(self) -> bool:
        """Whether the answer was 2xx."""
        return self.status is not None and 200 <= self.status < 300


Body = tuple[tuple[int, ...], bytes]
"""The numbers of the events in a request, and the request's body."""


def encode(numbers: Iterable[int], level: int = 3) -> list[Body]:
    """Requests with one event each."""
    return [((n,), json.dumps(make_event(n, level)).encode()) for n in numbers]


def encode_many(numbers: range, size: int, body: Callable[[list[dict[str, Any]]], bytes]) -> Iterator[Body]:
    """Requests with `size` events each."""
    for start in range(0, len(numbers), size):
        part = tuple(numbers[start : start + size])
        yield part, body([make_event(n) for n in part])


def session(door: Door, connections: int, timeout: float = 120) -> aiohttp.ClientSession:
    """A client with the door's headers and at most so many connections (0: as many as it takes)."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections),
        timeout=aiohttp.ClientTimeout(total=timeout),
        headers={"Content-Type": "application/json", **dict(door.headers)},
    )


async def post(client: aiohttp.ClientSession, url: str, body: Body) -> list[Sent]:
    """Offer a request once."""
    start = time.monotonic()
    try:
        async with client.post(url, data=body[1]) as answer:
            await answer.read()
            status: int | None = answer.status
    except (TimeoutError, aiohttp.ClientError, OSError):
        status = None
    end = time.monotonic()
    return [Sent(number, start, end, status) for number in body[0]]


async def flood(
    door: Door,
    bodies: list[Body],
    connections: int = 32,
    on_sent: Callable[[list[Sent]], None] | None = None,
    gate: asyncio.Event | None = None,
) -> list[Sent]:
    """Closed loop: each connection sends its next request when the last was answered.

    With a `gate`, a connection error closes it, and nothing is sent until someone opens it
    again. An event is offered once and never retried.
    """
    results: list[Sent] = []
    queue = iter(bodies)

    async def connection(client: aiohttp.ClientSession) -> None:
        for body in queue:
            if gate:
                await gate.wait()
            sent = await post(client, door.url, body)
            results.extend(sent)
            if sent[0].status is None and gate:
                gate.clear()
            if on_sent:
                on_sent(sent)

    async with session(door, connections) as client:
        await asyncio.gather(*(connection(client) for _ in range(connections)))
    return results


async def paced(door: Door, bodies: list[Body], rate: float) -> list[Sent]:
    """Open loop: one request every 1/rate seconds, whether or not earlier ones were answered."""
    async with session(door, 0) as client:
        start = time.monotonic()
        tasks = []
        for i, body in enumerate(bodies):
            await asyncio.sleep(max(0.0, start + i / rate - time.monotonic()))
            tasks.append(asyncio.create_task(post(client, door.url, body)))
        return [sent for done in await asyncio.gather(*tasks) for sent in done]
