"""So many requests at once in Django: each has a thread there, and hundreds of them get nothing done.

One sender has few of the places, so that what is slow for one is slow for that one first. The intake and the websockets
have no thread a request, and do not come by here.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from common.addresses import counted_as
from common.asgi import App, Receive, Scope, Send, answer_problem
from common.problems import Problem
from hookflow_site.web.limits import credential_of

AT_ONCE: Final = 64
AT_ONCE_AN_ADDRESS: Final = 16
AT_ONCE_A_SENDER: Final = 3
"""For a token or a session at one address."""
CHANGES_AT_ONCE: Final = 1
"""Of these, how many may be more than reading: dry runs, checks, publishing. Python computes for one thread at a time,
and each one that computes makes all others wait."""
LONG_SECONDS: Final = 0.1
REST: Final = 2
MOST_REST_SECONDS: Final = 2.0
"""Whoever was computed for that long leaves the place empty so many times as long, up to this: two thirds of the time
are for the others."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
WAIT_SECONDS: Final = 10.0

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
        self._changes = Lanes(CHANGES_AT_ONCE)
        self._wait_seconds = wait_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, in its turn."""
        address = counted_as(str((scope.get("client") or ("",))[0]))
        credential = credential_of(scope["headers"])
        is_change = bool(credential) and scope["method"] not in SAFE
        async with AsyncExitStack() as turns:
            try:
                async with asyncio.timeout(self._wait_seconds):
                    if is_change:
                        await turns.enter_async_context(self._changes.turn((address, credential)))
                    await turns.enter_async_context(self._senders.turn((address, credential)))
                    await turns.enter_async_context(self._addresses.turn(address))
                    await turns.enter_async_context(self._all.turn(None))
            except TimeoutError:
                await answer_problem(send, BUSY)
                return
            began = time.monotonic()
            await self._app(scope, receive, send)
            took = time.monotonic() - began
            if is_change and took > LONG_SECONDS:
                await asyncio.sleep(min(REST * took, MOST_REST_SECONDS))
