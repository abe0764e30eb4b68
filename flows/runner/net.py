"""The guarded way out of one step for what is not HTTP over `ctx.http`: sockets, addresses and `requests` sessions."""

import asyncio
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from common.egress import EgressError
from common.egress.errors import timed_out
from common.egress.hosts import AllowedHosts
from common.egress.lifetime import Lifetime
from common.egress.policy import NAMED, PolicySource
from common.egress.sync import GuardedSession, Way
from common.egress.tcp import addresses_at_hand, checked_addresses, connect, find_addresses, open_stream
from common.tls import Tls
from flows.sdk import NodeError

CONNECT_SECONDS: Final = 5.0
REQUEST_SECONDS: Final = 30.0
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024


@dataclass(slots=True)
class _Seen:
    target: str = ""
    is_begun: bool = False


class StepNet:
    """`flows.sdk.Net` of one step. Nothing that it opened outlives `close`.

    Args:
        seconds: the time limit of the step.
        places: hosts and ports to which datagrams may go though they are not public.
    """

    def __init__(self, seconds: float, places: Collection[tuple[str, int]] = ()) -> None:
        self._lifetime = Lifetime(seconds)
        self._at_end: list[Callable[[], None]] = []
        self._hosts: AllowedHosts | None = None
        self._places = frozenset(places)
        self._seen = _Seen()

    def within(self, hosts: AllowedHosts) -> "StepNet":
        """The same way out, for these hosts alone; what one of the two closes is closed for both."""
        narrow = copy(self)
        narrow._hosts = hosts
        narrow.note(hosts.names)
        return narrow

    @property
    def target(self) -> str:
        """Whom it was asked for last; before that, where the open credentials may be used; empty when unknown."""
        return self._seen.target

    @property
    def is_begun(self) -> bool:
        """Whether the node had its turn."""
        return self._seen.is_begun

    def begin(self) -> None:
        self._seen.is_begun = True

    def note(self, host: str) -> None:
        """The step is about to ask this host."""
        self._seen.target = host or self._seen.target

    async def connect(
        self, host: str, port: int, *, tls: Tls | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a stream; see `flows.sdk.Net`."""
        with as_node_errors():
            self._check(host, port)
            reader, writer = await open_stream(
                host, port, min(CONNECT_SECONDS, self._lifetime.left(host)), tls=tls
            )
        self._at_end.append(writer.transport.abort)
        return reader, writer

    def connected(self, host: str, port: int, *, seconds: float) -> socket.socket:
        """Connect a socket; see `flows.sdk.Net`."""
        with as_node_errors():
            self._check(host, port)
            connection = connect(host, port, seconds, lifetime=self._lifetime)
            self._lifetime.hold(connection, host)
        return connection

    def address(self, host: str, port: int) -> str:
        """Look a name up; see `flows.sdk.Net`."""
        with as_node_errors():
            self._check(host, port)
            source = self._source(host, port)
            return str(checked_addresses(host, port, source=source, lifetime=self._lifetime)[0])

    async def find_address(self, host: str, port: int) -> str:
        """Look a name up without blocking; see `flows.sdk.Net`."""
        found = self.address_at_hand(host, port)
        if found is not None:
            return found
        with as_node_errors():
            source, seconds = self._source(host, port), min(CONNECT_SECONDS, self._lifetime.left(host))
            try:
                async with asyncio.timeout(seconds):
                    return str((await find_addresses(host, port, source=source))[0])
            except TimeoutError as error:
                raise timed_out(host, seconds) from error

    def address_at_hand(self, host: str, port: int) -> str | None:
        """Tell it if there is nothing to wait for; see `flows.sdk.Net`."""
        try:
            self._check(host, port)
            self._lifetime.left(host)
            found = addresses_at_hand(host, port, source=self._source(host, port))
        except EgressError as error:
            raise NodeError.of(error, field=error.field) from error
        return None if found is None else str(found[0])

    def session(self, *, tls: Tls | None = None, keeps_cookies: bool = False) -> requests.Session:
        """Make a session; see `flows.sdk.Net`."""
        way = Way(
            timeout=REQUEST_SECONDS,
            max_body_bytes=MAX_ANSWER_BYTES,
            tls=tls,
            keeps_cookies=keeps_cookies,
            lifetime=self._lifetime,
            hosts=self._hosts,
            on_request=self.note,
        )
        with as_node_errors():
            session = _NodeSession(way)
        self._at_end.append(session.close)
        return session

    def close(self) -> None:
        """Hang up whatever is open, and open nothing any more. Call it on the event loop."""
        self._lifetime.end()
        for end in self._at_end:
            end()

    def _source(self, host: str, port: int) -> PolicySource | None:
        return NAMED if (host, port) in self._places else None

    def _check(self, host: str, port: int) -> None:
        self.note(host)
        if self._hosts is not None:
            self._hosts.check(host, port)


class _NodeSession(GuardedSession):
    """A guarded session whose every failure is a `NodeError`, whichever library uses it."""

    def request(self, *args: Any, **options: Any) -> requests.Response:
        with as_node_errors():
            return super().request(*args, **options)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        with as_node_errors():
            return super().send(request, **options)


@contextmanager
def as_node_errors() -> Iterator[None]:
    """The failures of the way out, and those of `requests`, in the words of the sdk."""
    try:
        yield
    except EgressError as error:
        raise NodeError.of(error, field=error.field) from error
    except requests.TooManyRedirects as error:
        raise NodeError(
            "too_many_redirects",
            f"{_host(error)} redirects too many times.",
            hint="Write the final URL.",
            field="url",
        ) from error
    except requests.RequestException as error:
        raise NodeError(
            "bad_answer",
            f"The exchange with {_host(error)} cannot be understood: {type(error).__name__}.",
            hint="Look at the URL and at the other side.",
        ) from error


def _host(error: requests.RequestException) -> str:
    return urlsplit((error.request and error.request.url) or "").hostname or "the other side"
