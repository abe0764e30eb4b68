"""A guarded `requests` session, for libraries and code that cannot be asynchronous, and a guarded socket."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from common.egress.bodies import bad_answer, too_large
from common.egress.errors import EgressError, refused, timed_out, unreachable
from common.egress.failures import tls_failed
from common.egress.headers import carried_over, check_headers, check_method
from common.egress.hosts import AllowedHosts
from common.egress.lifetime import Lifetime, hang_up
from common.egress.policy import PolicySource
from common.egress.tcp import connect
from common.egress.tls import context_of
from common.egress.urls import Target, parse
from common.tls import Tls

__all__ = ["GuardedSession", "SessionError", "Way", "connect", "guarded_session"]

SessionError = requests.RequestException
"""What a session raises beside `EgressError`: what it was given cannot be sent."""
_MAX_REDIRECTS: Final = 5
_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class Way:
    """How a session makes its connections.

    Args:
        timeout: seconds for a request when the caller gives none, and for a whole answer in any case.
        max_body_bytes: what an unpacked answer may have.
        keeps_cookies: whether the cookies of one answer go with the next request.
        lifetime: when it is over, whatever is under way is cut off.
        hosts: the only ones that a request and its redirects may go to; None: any that the policy allows.
        on_request: told the host of each request before it goes out.
    """

    source: PolicySource | None = None
    timeout: float = 30.0
    max_body_bytes: int = 1_048_576
    tls: Tls | None = None
    keeps_cookies: bool = False
    lifetime: Lifetime | None = None
    hosts: AllowedHosts | None = None
    on_request: Callable[[str], None] = lambda host: None


class _NoCookies(RequestsCookieJar):
    def set_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is kept."""


class GuardedSession(requests.Session):
    """A session that sends what was checked, to addresses that were checked.

    It reads no proxy and no `.netrc` from the environment, keeps no cookies unless told so, follows at most five
    redirects, and takes no credential to another origin. Keep it for one piece of work: its connections live as long.

    Raises:
        EgressError: `bad_certificate`; and when something is sent, see its codes.
    """

    def __init__(self, way: Way) -> None:
        super().__init__()
        self._tls = way.tls
        self.trust_env = False
        self.max_redirects = _MAX_REDIRECTS
        self.cookies = RequestsCookieJar() if way.keeps_cookies else _NoCookies()
        adapter = _Adapter(way)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Take no credential to another origin, and nothing from https to http."""
        old, new = parse(response.request.url or ""), parse(prepared_request.url or "")
        if old.scheme == "https" and new.scheme == "http":
            raise refused("A redirect from https to http")
        prepared_request.headers.pop("Cookie", None)
        if old.origin != new.origin:
            if self._tls and self._tls != self._tls.for_others:
                raise refused(
                    "A redirect to another host, with a client certificate or without verification,"
                )
            kept = carried_over({name: str(value) for name, value in prepared_request.headers.items()})
            prepared_request.headers.clear()
            prepared_request.headers.update(kept)


def guarded_session(
    *, source: PolicySource | None = None, timeout: float = 30.0, max_body_bytes: int = 1_048_576
) -> GuardedSession:
    """A session for one piece of work; see `Way`."""
    return GuardedSession(Way(source, timeout, max_body_bytes))


class _Deadline(threading.local):
    """When the answer that this thread waits for must be there."""

    until = float("inf")


class _Adapter(HTTPAdapter):
    """Sends what was checked, and reads no more than was asked for."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._timeout = way.timeout
        self._max_body_bytes = way.max_body_bytes
        self._deadline = _Deadline()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let urllib3 make its connections through the guard."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _guarded_pools(self._way, self._deadline)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Trust whom `Tls` says where there is one; else the public authorities, whatever the caller says."""
        if self._way.tls is None:
            super().cert_verify(conn, url, True, None)  # type: ignore[no-untyped-call]

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request and read the whole answer.

        Raises:
            EgressError: see its codes.
        """
        target = parse(request.url or "")
        self._way.on_request(target.host)
        if self._way.hosts is not None:
            self._way.hosts.check(target.host, target.port)
        check_method(request.method or "")
        own = {"host", "content-length", "accept-encoding", "connection", "transfer-encoding"}
        check_headers(
            {name: str(value) for name, value in request.headers.items() if name.lower() not in own}
        )
        request.url = str(target)
        kwargs |= {"stream": True, "proxies": {}, "verify": True}
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        until = self._deadline.until = time.monotonic() + self._timeout
        try:
            response = super().send(request, **kwargs)
            if self._is_late(until):  # a head that was cut off passes for a whole one
                response.raw.close()
                raise timed_out(target.host, self._timeout)
            response._content = self._read(response, until, target.host)
        except requests.exceptions.ConnectionError as error:
            if self._is_late(until):  # cut off by the deadline, which looks like a hang-up or broken TLS
                raise timed_out(target.host, self._timeout) from error
            raise self._failed(target, error) from error
        except requests.exceptions.Timeout as error:
            raise timed_out(target.host, self._timeout) from error
        vars(response)["_content_consumed"] = True
        return response

    def _is_late(self, until: float) -> bool:
        lifetime = self._way.lifetime
        return time.monotonic() >= until or (lifetime is not None and lifetime.is_over)

    def _failed(self, target: Target, error: requests.exceptions.ConnectionError) -> EgressError:
        if isinstance(error, requests.exceptions.Timeout):
            return timed_out(target.host, self._timeout)
        if isinstance(error, requests.exceptions.SSLError):
            return tls_failed(target.host, error)
        return _cause(error) or unreachable(target.authority, "the connection failed")

    def _read(self, response: requests.Response, until: float, host: str) -> bytes:
        body = bytearray()
        try:
            while chunk := response.raw.read1(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > self._max_body_bytes:
                    raise too_large(self._max_body_bytes)
                if self._is_late(until):
                    break
            if self._is_late(until):  # the end of a body that was cut off passes for its end
                raise timed_out(host, self._timeout)
        except HTTPError as error:
            if self._is_late(until):
                raise timed_out(host, self._timeout) from error
            raise bad_answer("it breaks off or is damaged") from error
        finally:
            response.raw.release_conn() if len(body) <= self._max_body_bytes else response.raw.close()
        return bytes(body)


def _cause(error: BaseException) -> EgressError | None:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, EgressError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


def _guarded_pools(way: Way, deadline: _Deadline) -> dict[str, type[HTTPConnectionPool]]:
    context = context_of(way.tls) if way.tls else None

    class Guarded(HTTPConnection):
        _let_go: Callable[[], None] = staticmethod(lambda: None)

        def _new_conn(self) -> socket.socket:
            timeout = self.timeout if isinstance(self.timeout, int | float) else 5.0
            connection = connect(
                self.host, self.port or 0, timeout, source=way.source, http=True, lifetime=way.lifetime
            )
            if way.lifetime:
                self._let_go = way.lifetime.hold(connection, self.host)
            return connection

        def close(self) -> None:
            super().close()
            self._let_go()

        def getresponse(self) -> HTTPResponse:  # type: ignore[override]
            with _cut_off(self.sock, deadline):
                return super().getresponse()

    class Secured(Guarded, HTTPSConnection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            if way.tls and context:
                self.ssl_context, self.cert_reqs = context, context.verify_mode
                self.server_hostname = way.tls.server_name or None

        def connect(self) -> None:
            super().connect()
            if way.tls and not way.tls.verify:
                self.is_verified = (
                    True  # that it is not was somebody's decision; urllib3 would warn each time
                )

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Guarded

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Secured

    return {"http": PlainPool, "https": TlsPool}


@contextmanager
def _cut_off(connection: socket.socket, deadline: _Deadline) -> Iterator[None]:
    """Hang up at the deadline: the socket's own time limit begins anew with every byte of the head."""
    left = max(0.0, deadline.until - time.monotonic()) + 0.01
    timer = threading.Timer(left, hang_up, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
