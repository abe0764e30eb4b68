"""uvicorn, started with the bounds in it."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any, cast

from uvicorn import Config, Server

from common.asgi import App
from hookflow_site.web.bounds import (
    CLOSE_SECONDS,
    MOST_MESSAGE,
    PING_SECONDS,
    PONG_SECONDS,
    Limits,
    within_files,
)
from hookflow_site.web.connections import Connections
from hookflow_site.web.listening import BACKLOG
from hookflow_site.web.on_uvicorn.http import BoundedHttp
from hookflow_site.web.on_uvicorn.websocket import BoundedSocket


class _QuietServer(Server):
    """Ends the process as any program ends: uvicorn would send itself the signal again."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what is at work finish."""
        await super().shutdown(sockets)
        self._captured_signals.clear()


def serve(application: App, listener: socket.socket, limits: Limits) -> None:
    """Until a signal says stop."""

    class Bounded(BoundedHttp):
        table = Connections(within_files(limits, accepted_at_once=BACKLOG), _keep_calling)

    config = Config(
        cast(Any, application),
        loop="asyncio",
        interface="asgi3",
        lifespan="off",
        http=Bounded,
        ws=BoundedSocket,
        ws_max_size=MOST_MESSAGE,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_per_message_deflate=False,
        proxy_headers=False,
        server_header=False,
        log_config=None,
        access_log=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=CLOSE_SECONDS,
        reset_contextvars=True,
    )
    _QuietServer(config).run(sockets=[listener])


def _keep_calling(seconds: float, call: Callable[[], None]) -> None:
    def again() -> None:
        call()
        _keep_calling(seconds, call)

    asyncio.get_running_loop().call_later(seconds, again)
