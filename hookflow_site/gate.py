"""So many requests at once in Django: each has a thread there, and hundreds of them get nothing done.

One sender has few of the places, so that what is slow for one is slow for that one first. The intake and the websockets
have no thread a request, and do not come by here.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from django.conf import settings

from common.addresses import counted_as
from common.problems import Problem
from flows.api.intake.http import Receive, Scope, Send, answer_problem
from hookflow_site.asgi_limits import App

AT_ONCE: Final = 64
AT_ONCE_AN_ADDRESS: Final = 16
AT_ONCE_A_SENDER: Final = 3
"""For a token or a session at one address. Python computes for one thread at a time anyway."""
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


class Lanes:
    """So many at once for each key. A key that nobody uses takes no room."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._lanes: dict[Hashable, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """Wait for a place in the lane of the key, and leave it at the end."""
        lane, users = self._lanes.get(key) or (asyncio.Semaphore(self._at_once), 0)
        self._lanes[key] = lane, users + 1
        try:
            async with lane:
                yield
        finally:
            users = self._lanes[key][1] - 1
            if users:
                self._lanes[key] = lane, users
            else:
                del self._lanes[key]


class Gate:
    """Lets `at_once` requests into an application; the others wait, and are told to come again."""

    def __init__(
        self,
        app: App,
        at_once: int = AT_ONCE,
        an_address: int = AT_ONCE_AN_ADDRESS,
        a_sender: int = AT_ONCE_A_SENDER,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._app = app
        self._all, self._addresses, self._senders = Lanes(at_once), Lanes(an_address), Lanes(a_sender)
        self._wait_seconds = wait_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, in its turn."""
        if scope["path"] in UNGATED:
            await self._app(scope, receive, send)
            return
        address = counted_as(str((scope.get("client") or ("",))[0]))
        async with AsyncExitStack() as turns:
            try:
                async with asyncio.timeout(self._wait_seconds):
                    await turns.enter_async_context(self._senders.turn((address, _credential(scope))))
                    await turns.enter_async_context(self._addresses.turn(address))
                    await turns.enter_async_context(self._all.turn(None))
            except TimeoutError:
                await answer_problem(send, BUSY)
                return
            await self._app(scope, receive, send)


def _credential(scope: Scope) -> bytes:
    """What tells senders at one address apart: the token, else the session; not checked here, so never a right."""
    found = dict(scope["headers"])
    if token := found.get(b"authorization"):
        return bytes(token)
    name = f"{settings.SESSION_COOKIE_NAME}=".encode()
    cookies = (part.strip() for part in bytes(found.get(b"cookie", b"")).split(b";"))
    return next((cookie for cookie in cookies if cookie.startswith(name)), b"")
