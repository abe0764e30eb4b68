"""A `ctx.net` for tests of nodes: it answers from a list and connects to nothing."""

import asyncio
import os
import socket
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import responses
from ipaddress import ip_address
from typing import Any

import requests

from common.http import HttpAnswer, HttpOptions
from common.tls import Tls
from flows.sdk.errors import NodeError

Exchange = Callable[[str, str, HttpOptions], HttpAnswer]
"""Takes a method, a URL and the options of `HttpClient.request`, and gives the answer."""


@dataclass
class FakeNet:
    """Answers each connection from a list, in order, and remembers what was asked for. The last answer repeats.

    Args:
        answers: what the other side sends after each connection, or why there is none.
        exchange: who answers the requests of sessions; `FakeContext` lets its HTTP client do it.
        targets: the (host, port) of each connection and look-up.
        tls: how each stream was to be secured.
    """

    answers: list[bytes | NodeError] = field(default_factory=lambda: [b""])
    exchange: Exchange | None = None
    targets: list[tuple[str, int]] = field(default_factory=list)
    tls: list[Tls | None] = field(default_factory=list)
    _sent: list[Callable[[], bytes]] = field(default_factory=list)

    @property
    def sent(self) -> list[bytes]:
        """What was sent over each connection so far."""
        return [read() for read in self._sent]

    async def connect(
        self, host: str, port: int, *, tls: Tls | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A stream that holds the next answer and then its end."""
        answer = self._next(host, port)
        self.tls.append(tls)
        reader = asyncio.StreamReader()
        reader.feed_data(answer)
        reader.feed_eof()
        transport = _Kept()
        self._sent.append(lambda: bytes(transport.written))
        loop = asyncio.get_running_loop()
        return reader, asyncio.StreamWriter(
            transport, asyncio.StreamReaderProtocol(reader, loop=loop), reader, loop
        )

    def connected(self, host: str, port: int, *, seconds: float) -> socket.socket:
        """One end of a pair of sockets; the other one has sent the next answer and its end."""
        answer = self._next(host, port)
        ours, theirs = socket.socketpair()
        ours.settimeout(seconds)
        theirs.sendall(answer)
        theirs.shutdown(socket.SHUT_WR)
        end = theirs.detach()
        weakref.finalize(self, os.close, end)
        os.set_blocking(end, False)
        received = bytearray()

        def read() -> bytes:
            with suppress(BlockingIOError):
                while chunk := os.read(end, 65_536):
                    received.extend(chunk)
            return bytes(received)

        self._sent.append(read)
        return ours

    def address(self, host: str, port: int) -> str:
        """The address of an example."""
        self._next(host, port)
        return "192.0.2.1"

    async def find_address(self, host: str, port: int) -> str:
        return self.address(host, port)

    def address_at_hand(self, host: str, port: int) -> str | None:
        """The same for what is written as an address; for a name there is something to wait for."""
        return self.address(host, port) if _is_address(host) else None

    def session(self, *, tls: Tls | None = None, keeps_cookies: bool = False) -> requests.Session:
        """A session whose requests are answered by `exchange`."""
        self.tls.append(tls)
        session = requests.Session()
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Answering(self))
        return session

    @property
    def target(self) -> str:
        """Who was asked last."""
        return self.targets[-1][0] if self.targets else ""

    def _next(self, host: str, port: int) -> bytes:
        answer = self.answers[min(len(self.targets), len(self.answers) - 1)]
        self.targets.append((host, port))
        if isinstance(answer, NodeError):
            raise answer
        return answer


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


class _Kept(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self._is_closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        self._is_closing = True

    def abort(self) -> None:
        self._is_closing = True


class _Answering(requests.adapters.BaseAdapter):
    """Gives the answers of `FakeNet.exchange` as those of `requests`."""

    def __init__(self, net: FakeNet) -> None:
        super().__init__()
        self._net = net

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        if self._net.exchange is None:
            raise NodeError("unreachable", "This test gave no answers for sessions.")
        body = request.body.encode() if isinstance(request.body, str) else request.body
        sent: HttpOptions = {"headers": dict(request.headers), "content": body}
        answer = self._net.exchange(request.method or "", request.url or "", sent)
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status, request.url or "", request
        response.reason = responses.get(answer.status, "")
        response.headers.update(answer.headers)
        response._content = answer.body
        return response

    def close(self) -> None:
        """Nothing is open."""
