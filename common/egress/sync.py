"""A guarded `requests` session, for libraries and code that cannot be asynchronous, and a guarded socket."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
from common.egress.policy import PolicySource, default_source
from common.egress.resolve import check_all, look_up
from common.egress.tcp import connect, connect_to
from common.egress.urls import Target, parse, parse_host

__all__ = ["connect", "guarded_session"]

_MAX_REDIRECTS: Final = 5
_CHUNK: Final = 65_536


def guarded_session(
    *, source: PolicySource | None = None, timeout: float = 30.0, max_body_bytes: int = 1_048_576
) -> requests.Session:
    """A session whose every connection goes to a checked address.

    It reads no proxy and no `.netrc` from the environment, keeps no cookies, follows at most five redirects,
    and takes no credential to another origin. Keep it for one piece of work: its connections live as long.

    Args:
        timeout: seconds for a request when the caller gives none, and for a whole answer in any case.
        max_body_bytes: what an unpacked answer may have.
    """
    session = _Session()
    session.trust_env = False
    session.max_redirects = _MAX_REDIRECTS
    session.cookies = _NoCookies()
    adapter = _Adapter(source, timeout, max_body_bytes)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class _NoCookies(RequestsCookieJar):
    def set_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is kept."""


class _Session(requests.Session):
    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Take no credential to another origin, and nothing from https to http."""
        old, new = parse(response.request.url or ""), parse(prepared_request.url or "")
        if old.scheme == "https" and new.scheme == "http":
            raise refused("A redirect from https to http")
        prepared_request.headers.pop("Cookie", None)
        if old.origin != new.origin:
            kept = carried_over({name: str(value) for name, value in prepared_request.headers.items()})
            prepared_request.headers.clear()
            prepared_request.headers.update(kept)


class _Deadline(threading.local):
    """When the answer that this thread waits for must be there."""

    until = float("inf")


class _Adapter(HTTPAdapter):
    """Sends what was checked, and reads no more than was asked for."""

    def __init__(self, source: PolicySource | None, timeout: float, max_body_bytes: int) -> None:
        self._source = source
        self._timeout = timeout
        self._max_body_bytes = max_body_bytes
        self._deadline = _Deadline()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let urllib3 make its connections through the guard."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _guarded_pools(self._source, self._deadline)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request and read the whole answer.

        Raises:
            EgressError: see its codes.
        """
        target = parse(request.url or "")
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
            if time.monotonic() >= until:  # a head that was cut off passes for a whole one
                response.raw.close()
                raise timed_out(target.host, self._timeout)
            response._content = self._read(response, until, target.host)
        except requests.exceptions.ConnectionError as error:
            if time.monotonic() >= until:  # cut off by the deadline, which looks like a hang-up or broken TLS
                raise timed_out(target.host, self._timeout) from error
            raise self._failed(target, error) from error
        except requests.exceptions.Timeout as error:
            raise timed_out(target.host, self._timeout) from error
        vars(response)["_content_consumed"] = True
        return response

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
                if time.monotonic() > until:
                    raise timed_out(host, self._timeout)
        except HTTPError as error:
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


def _guarded_pools(source: PolicySource | None, deadline: _Deadline) -> dict[str, type[HTTPConnectionPool]]:
    new_socket = _new_socket(source)

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return new_socket(self.host, self.port, self.timeout)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override]
            with _cut_off(self.sock, deadline):
                return super().getresponse()

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return new_socket(self.host, self.port, self.timeout)

        def getresponse(self) -> HTTPResponse:  # type: ignore[override]
            with _cut_off(self.sock, deadline):
                return super().getresponse()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


@contextmanager
def _cut_off(connection: socket.socket, deadline: _Deadline) -> Iterator[None]:
    """Hang up at the deadline: the socket's own time limit begins anew with every byte of the head."""
    left = max(0.0, deadline.until - time.monotonic()) + 0.01
    # Not the method of a TLS socket: that would say goodbye first, and the reader would take the rest for plain text.
    timer = threading.Timer(left, _hang_up, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _new_socket(source: PolicySource | None) -> Callable[[str, int | None, Any], socket.socket]:
    def new_socket(host: str, port: int | None, timeout: Any) -> socket.socket:
        name, address = parse_host(host)
        addresses = (address,) if address is not None else look_up(name)
        check_all(host, port or 0, addresses, (source or default_source()).current(), http=True)
        return connect_to(host, port or 0, addresses, timeout if isinstance(timeout, int | float) else 5.0)

    return new_socket
