"""The flow on DBOS, as its documentation shows: the call answers when the workflow is durably started."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from dbos import DBOS
from fastapi import FastAPI, Request
from steps import SINK, taken

DBOS(
    config={
        "name": "relay",
        "system_database_url": os.environ["DATABASE"],
        "run_admin_server": False,
        "log_level": "WARNING",
    }
)
clients: list[aiohttp.ClientSession] = []


@DBOS.step()
async def deliver(event: dict) -> int:
    async with clients[0].post(SINK, json=event) as answer:
        await answer.read()
        return answer.status


@DBOS.workflow()
async def relay(event: dict) -> None:
    if taken(event):
        await deliver(event)


@asynccontextmanager
async def life(_: FastAPI) -> AsyncIterator[None]:
    """From launch to end; what was open is recovered by the launch."""
    clients.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)))
    DBOS.launch()
    yield


app = FastAPI(lifespan=life)


@app.post("/event")
async def take(request: Request) -> dict:
    await DBOS.start_workflow_async(relay, await request.json())
    return {"ok": True}


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["APP_PORT"]), log_level="warning", access_log=False
    )
