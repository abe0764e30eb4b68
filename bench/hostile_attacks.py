"""`python -m bench.hostile_attacks`: one tenant does its worst to a local server for so many seconds.

Reads `{"base", "token", "flow", "seconds", "only"}` from standard input and prints how often each attack was answered
how. Requests are bounded in size and number; nothing but 127.0.0.1 is ever addressed.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import aiohttp

from bench.systems.hookflow import EVENT_TYPE

COSTLY_PATTERN = "a[ab]{200}c"
WIDE_TYPE = "bench.wide"
FIELDS = 1_500
CONNECTIONS_AN_ATTACK = 3
LEAST_SECONDS_BETWEEN = 0.02


@dataclass(frozen=True)
class Attack:
    """One way to do harm: a request, sent again and again."""

    path: str
    body: Callable[[], bytes]
    kind: str = "application/json"
    with_token: bool = True


def doubling_drawing(nodes: int) -> dict[str, Any]:
    """Each node puts the whole record into itself."""
    steps = [(f"n{n}", "add-field", {"as_field": f"f{n}", "value": "{{ payload }}"}) for n in range(nodes)]
    return _line([("t", "manual", {}), *steps])


def _line(nodes: list[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": "Hostile",
        "description": "",
        "settings": {},
        "nodes": [
            {"id": i, "type": kind, "name": i, "config": config, "position": {"x": 200 * place, "y": 0}}
            for place, (i, kind, config) in enumerate(nodes)
        ],
        "edges": [{"from": one[0], "port": "out", "to": other[0]} for one, other in pairwise(nodes)],
    }


def _json(value: Any) -> Callable[[], bytes]:
    return lambda: json.dumps(value, separators=(",", ":")).encode()


def _multipart() -> bytes:
    part = b'--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n'
    return part * 18_000 + b"--b--\r\n"


def _spaced() -> bytes:
    """Five mebibytes that only the careful parser can read."""
    fields = ",".join(f'"k{n}" :{n}' for n in range(250_000))
    return f'{{"type" :"{EVENT_TYPE}","payload" :{{{fields}}}}}'.encode()


def _many(size: int, text: str) -> list[Any]:
    return [{"type": EVENT_TYPE, "payload": {"name": text}} for _ in range(size)]


def _validate() -> bytes:
    fields = {f"field{n}": n for n in range(2_000)}
    nodes = [
        (f"n{n}", "add-field", {"as_field": f"a{n}", "value": f"{{{{ feild{n} }}}}"}) for n in range(100)
    ]
    return _json({"document": _line([("t", "manual", {"example": json.dumps(fields)}), *nodes])})()


def _template(flow: str) -> bytes:
    bomb = "{{ " + "~".join(["(a in '')"] * 400) + " }}"
    drawing = _line([("t", "manual", {}), ("n", "add-field", {"as_field": "x", "value": bomb})])
    return _json({"document": drawing, "node": "n", "field": "value", "payload": {"a": "x" * 200_000}})()


EVENTS = "/api/v1/events/"


def attacks(flow: str) -> dict[str, Attack]:
    """All of them by name."""
    drafts = f"/api/v1/flows/{flow}/"
    doubled = {"document": doubling_drawing(23), "payload": {"payload": {"a": "x" * 1000}}}
    long_path = ("n", "add-field", {"as_field": ".".join("a" * 249), "value": "1"})
    deep = {"document": _line([("t", "manual", {}), long_path])}
    return {
        "multipart form": Attack(
            "/sign-in/", _multipart, "multipart/form-data; boundary=b", with_token=False
        ),
        "url-encoded form": Attack(
            "/sign-in/", lambda: b"a=b&" * 250_000, "application/x-www-form-urlencoded", with_token=False
        ),
        "large odd JSON": Attack(EVENTS, _spaced),
        "wide schema": Attack(EVENTS, _json({"type": WIDE_TYPE, "payload": {"list": list(range(100_000))}})),
        "wide schema, many events": Attack(
            EVENTS, _json([{"type": WIDE_TYPE, "payload": {"list": [1] * 50}}] * 500)
        ),
        "trigger conditions": Attack(EVENTS, _json(_many(200, "ab" * 4_500))),
        "trigger condition, one event": Attack(EVENTS, _json(_many(1, "ab" * 1_900))),
        "many small events": Attack(EVENTS, _json(_many(1_000, "x"))),
        "schema bomb": Attack(
            "/api/v1/event-types/", _json({"name": "bench.bomb", "label": "x", "schema": _bomb()})
        ),
        "dry run": Attack(f"{drafts}dry-run/", _json(doubled)),
        "deep path": Attack(f"{drafts}dry-run/", _json(deep)),
        "validate": Attack(f"{drafts}validate/", _validate),
        "template": Attack(f"{drafts}preview/", lambda: _template(flow)),
    }


def _bomb() -> dict[str, Any]:
    levels = {f"l{n}": {"anyOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 2} for n in range(22)}
    return {"type": "object", "$ref": "#/$defs/l0", "$defs": {**levels, "l22": {"type": "string"}}}


async def attack(plan: dict[str, Any]) -> dict[str, dict[str, int]]:
    """All at once, or only the one that the plan names; how often each got which answer."""
    chosen = {name: one for name, one in attacks(plan["flow"]).items() if plan["only"] in ("", name)}
    counts: dict[str, Counter[str]] = {name: Counter() for name in chosen}
    end = time.monotonic() + plan["seconds"]

    async def harm(client: aiohttp.ClientSession, name: str, body: bytes) -> None:
        one = chosen[name]
        headers = {"Content-Type": one.kind, "Accept": "application/json"}
        if one.with_token:
            headers["Authorization"] = f"Bearer {plan['token']}"
        while time.monotonic() < end:
            try:
                async with client.post(plan["base"] + one.path, data=body, headers=headers) as answer:
                    await answer.read()
                    counts[name][str(answer.status)] += 1
            except (TimeoutError, aiohttp.ClientError, OSError) as error:
                counts[name][type(error).__name__] += 1
            await asyncio.sleep(LEAST_SECONDS_BETWEEN)

    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as client:
        bodies = {name: one.body() for name, one in chosen.items()}
        tasks = [
            harm(client, name, body) for name, body in bodies.items() for _ in range(CONNECTIONS_AN_ATTACK)
        ]
        await asyncio.gather(*tasks)
    return {name: dict(count) for name, count in counts.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(attack(json.loads(sys.stdin.read())))) + "\n")
