"""So many requests at once in Django: each has a thread there, and hundreds of them get nothing done.

The intake and the websockets have no thread a request, and do not come by here.
"""

import asyncio
from typing import Final

from common.problems import Problem
from flows.api.intake.http import Receive, Scope, Send, answer_problem
from hookflow_site.asgi_limits import App

AT_ONCE: Final = 64
WAIT_SECONDS: Final = 10.0
UNGATED: Final = frozenset({"/healthz"})
"""Whether the process lives has to be told just when it has much to do."""

BUSY: Final = Problem(
    503,
    "busy",
    "Too many requests are being answered right now.",
    hint="Try again in a few seconds.",
    extra={"retry_after": 5},
)


class Gate:
    """Lets `at_once` requests into an application; the others wait, and are told to come again."""

    def __init__(self, app: App, at_once: int = AT_ONCE, wait_seconds: float = WAIT_SECONDS) -> None:
        self._app = app
        self._free = asyncio.Semaphore(at_once)
        self._wait_seconds = wait_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, in its turn."""
        if scope["path"] in UNGATED:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            await answer_problem(send, BUSY)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._free.release()
