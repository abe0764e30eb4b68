"""The flow as a service of Restate: the invocation and the delivery are in its log."""

import asyncio
import os

import aiohttp
import hypercorn.asyncio
import hypercorn.config
import restate
from steps import SINK, taken

relay = restate.Service("Relay")
clients: list[aiohttp.ClientSession] = []


@relay.handler()
async def run(ctx: restate.Context, event: dict) -> None:
    if not clients:
        clients.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)))
    if not taken(event):
        return

    async def deliver() -> int:
        async with clients[0].post(SINK, json=event) as answer:
            await answer.read()
            return answer.status

    await ctx.run_typed("deliver", deliver)


app = restate.app([relay])

if __name__ == "__main__":
    config = hypercorn.config.Config()
    config.bind = [f"127.0.0.1:{os.environ['APP_PORT']}"]
    asyncio.run(hypercorn.asyncio.serve(app, config))
