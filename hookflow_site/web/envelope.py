"""The outermost layer of the site: bounded bodies, an id for each request, the security headers, one clock.

Bodies are counted as they are received, so a missing or false Content-Length changes nothing.
"""

import logging
import re
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from prometheus_client import Histogram

from common import metrics
from common.asgi import App, Message, Receive, Scope, Send, rendered_problem
from common.at_work import doing
from common.problems import Problem
from common.request_ids import begin_request, end_request
from flows.api.intake.http import HOOKS_PATH
from hookflow_site.proxies import Network, settle_client
from hookflow_site.security_headers import RAW
from hookflow_site.web.limits import ODD, body_limit, credential_of, is_odd, too_large

log = logging.getLogger(__name__)
_seconds = metrics.histogram(
    "hookflow_http_request_seconds", "Duration of HTTP requests.", ["method", "status"]
)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?\s*([^\s"';]+)""", re.IGNORECASE)
BAD_CHARSET: Final = Problem(
    415, "bad_charset", "Requests are read as UTF-8 only.", hint="Leave the charset out of Content-Type."
)
_KEYED: Final = (HOOKS_PATH, "/password/forgotten/")
_NAMES: Final = frozenset(name for name, _ in RAW)


@lru_cache(maxsize=512)
def _series(method: str, status: int) -> Histogram:
    return _seconds.labels(method if method in _METHODS else "other", str(status))


def _observe(method: str, status: int, seconds: float) -> None:
    _series(method, status).observe(seconds)


class _TooLarge(Exception):
    """The body went past its limit while the application was reading it."""


class Envelope:
    """Wraps an ASGI application.

    Args:
        app: the application.
        trusted_proxies: networks whose forwarding headers are believed.
    """

    def __init__(self, app: App, *, trusted_proxies: Sequence[Network] = ()) -> None:
        self._app = app
        self._trusted = tuple(trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id, mark = begin_request()
        scope = settle_client(scope, self._trusted)
        try:
            if scope["type"] == "http":
                await _Exchange(request_id, scope, receive, send).run(self._app)
            elif _is_odd(scope):
                await send({"type": "websocket.close", "code": 1002})
            else:
                await self._app(scope, receive, _accepting(send))
        finally:
            end_request(mark)


class _Exchange:
    """One HTTP request and its answer."""

    def __init__(self, request_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        self.request_id = request_id
        self.scope = scope
        self._receive = receive
        self._send = send
        self.limit = body_limit(scope["path"], credential_of(scope["headers"]))
        self.received = 0
        self.status = 0
        self.began = time.perf_counter()

    async def run(self, app: App) -> None:
        """Let the application answer; answer for it when the body is too large or when it breaks."""
        try:
            self._check_announced()
            if _is_odd(self.scope):
                await self._answer(ODD)
                return
            if not _is_readable(self.scope["headers"]):
                await self._answer(BAD_CHARSET)
                return
            with doing(self.scope["method"], _told(self.scope["path"]), "request", self.request_id):
                await app(self.scope, self.receive, self.send)
        except _TooLarge:
            await self._answer(too_large(self.limit))
        except Exception:
            log.exception("A request failed outside of Django.")
            await self._answer(
                Problem(500, "server_error", "Something went wrong here.", hint="Try again later.")
            )
        finally:
            _observe(self.scope["method"], self.status, time.perf_counter() - self.began)

    def _check_announced(self) -> None:
        for name, value in self.scope["headers"]:
            if name == b"content-length" and value.isdigit() and (len(value) > 15 or int(value) > self.limit):
                raise _TooLarge

    async def receive(self) -> Message:
        """The next part of the body, counted."""
        message = await self._receive()
        if message["type"] == "http.request":
            self.received += len(message.get("body", b""))
            if self.received > self.limit:
                raise _TooLarge
        return message

    async def send(self, message: Message) -> None:
        """A part of the answer; its head gets the headers that it lacks."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), (b"x-request-id", self.request_id.encode())]
            present = {bytes(name).lower() for name, _ in headers[:-1]}
            if b"x-request-id" in present:
                headers.pop()
            headers += RAW if _NAMES.isdisjoint(present) else [pair for pair in RAW if pair[0] not in present]
            message = {**message, "headers": headers}
        await self._send(message)

    async def _answer(self, problem: Problem) -> None:
        if self.status:
            return  # the head is out; the server cuts the connection
        headers, raw = rendered_problem(problem, self.request_id)
        headers.append((b"connection", b"close"))
        await self.send({"type": "http.response.start", "status": problem.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": raw})


def _is_odd(scope: Scope) -> bool:
    """Whether an address is no path, or a header is odd."""
    return not scope["path"].startswith("/") or is_odd(scope["headers"])


def _told(path: str) -> str:
    """A path as others may read it: without what in it is a key."""
    return path[:120] if not path.startswith(_KEYED) else f"{path[:24]}…"


def _is_readable(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether UTF-8 is the only charset named. Some of Python's codecs are no charset, and break Django's reading."""
    named = [
        match[1] for name, value in headers if name == b"content-type" for match in _CHARSET.finditer(value)
    ]
    return all(charset.lower() in (b"utf-8", b"utf8", b"us-ascii") for charset in named)


def _accepting(send: Send) -> Send:
    async def accept(message: Message) -> None:
        if message["type"] == "websocket.accept":
            message = {**message, "headers": [*message.get("headers", ()), *RAW]}
        await send(message)

    return accept
