"""The local HTTP sink: records when each event arrives and whether its content is right.

Runs as its own process (`python -m bench.sink PORT`). Times are CLOCK_MONOTONIC, which
all processes of one Linux machine share, so they can be compared with the sender's.
"""

import json
import sys
import time
from typing import Any

from aiohttp import web


def content_ok(event: dict[str, Any], expect: dict[str, Any]) -> bool:
    """expect: field -> [prefix, source field], as in adapter.SetField."""
    return (
        "server" in event
        and event.get("level", 0) >= 3
        and all(event.get(f) == prefix + event.get(source, "") for f, (prefix, source) in expect.items())
    )


def make_app() -> web.Application:
    arrivals: list[tuple[int | None, float, bool]] = []
    state: dict[str, Any] = {"expect": {}, "distinct": set()}

    async def deliver(request: web.Request) -> web.Response:
        body = await request.read()
        now = time.monotonic()
        try:
            event = json.loads(body)
            number, ok = event["id"], content_ok(event, state["expect"])
        except (ValueError, KeyError, TypeError):
            number, ok = None, False
        arrivals.append((number, now, ok))
        if number is None or number >= 0:  # ids below 0 are probes, not events
            state["distinct"].add(number)
        return web.json_response({"ok": True})

    async def reset(request: web.Request) -> web.Response:
        arrivals.clear()
        state.update(expect=await request.json(), distinct=set())
        return web.json_response({})

    async def count(_request: web.Request) -> web.Response:
        return web.json_response({"distinct": len(state["distinct"]), "all": len(arrivals)})

    async def listing(_request: web.Request) -> web.Response:
        return web.json_response(arrivals)

    app = web.Application(client_max_size=2**24)
    app.add_routes(
        [
            web.post("/deliver", deliver),
            web.post("/reset", reset),
            web.get("/count", count),
            web.get("/arrivals", listing),
        ]
    )
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
