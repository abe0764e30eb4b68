"""The guarded HTTP client: one pool of kept-alive connections for each event loop."""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from common.egress.bodies import read_body, too_large
from common.egress.errors import EgressError, refused, timed_out
from common.egress.failures import explain
from common.egress.headers import carried_over, check_headers, check_method, without_body
from common.egress.hosts import AllowedHosts
from common.egress.policy import EgressPolicy, PolicySource, default_source
from common.egress.resolve import Resolver, check_all
from common.egress.tls import context_of
from common.egress.urls import Target, follow, parse
from common.http import HttpAnswer
from common.tls import Tls

MAX_REDIRECTS: Final = 5
CONNECT_SECONDS: Final = 5.0

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_IDLE_SECONDS: Final = 4.0  # below the five seconds after which common servers hang up
_MAX_LINE: Final = 8192
_MAX_ANSWER_HEADERS: Final = 100


@dataclass(frozen=True, slots=True)
class _Request:
    """What goes to one hop."""

    method: str
    target: Target
    headers: dict[str, str]
    content: bytes | None
    max_body_bytes: int
    tls: Tls | None


class EgressClient:
    """Sends HTTP requests to checked addresses only.

    Safe to share between event loops; close it on each of them.

    Args:
        source: where the policy comes from; None asks the source of the process at every request.
        connections_per_host: how many connections one host gets at most.
        user_agent: who we say we are.
    """

    def __init__(
        self,
        source: PolicySource | None = None,
        *,
        connections_per_host: int = 64,
        user_agent: str = "hookflow",
    ) -> None:
        self._source = source
        self._connections_per_host = connections_per_host
        self._user_agent = user_agent
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, _Pool] = WeakKeyDictionary()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout_seconds: float = 30.0,
        max_body_bytes: int = 1_048_576,
        follow_redirects: bool = True,
        hosts: AllowedHosts | None = None,
        tls: Tls | None = None,
    ) -> HttpAnswer:
        """Send one request and read the whole answer, of whatever status.

        Args:
            hosts: the only ones that it and its redirects may go to; None: any that the policy allows.

        Raises:
            EgressError: see its codes.
        """
        request = _Request(
            check_method(method), parse(url), check_headers(headers or {}), content, max_body_bytes, tls
        )
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._follow(request, follow_redirects, hosts)
        except TimeoutError as error:
            raise timed_out(request.target.host, timeout_seconds) from error

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None:
            await pool.session.close()

    async def _follow(
        self, request: _Request, follow_redirects: bool, hosts: AllowedHosts | None
    ) -> HttpAnswer:
        for _ in range(MAX_REDIRECTS + 1):
            if hosts is not None:
                hosts.check(request.target.host, request.target.port)
            answer = await self._send(request)
            location = answer.headers.get("location")
            if not follow_redirects or answer.status not in _REDIRECTS or not location:
                return answer
            request = _redirected(request, answer.status, location)
        raise EgressError(
            "too_many_redirects",
            f"{request.target.host} redirects more than {MAX_REDIRECTS} times.",
            hint="Write the final URL.",
            field="url",
        )

    async def _send(self, request: _Request) -> HttpAnswer:
        pool = await self._pool()
        if request.target.address is not None:
            pool.policy.check(request.target.address, request.target.port)
        pool.users += 1
        try:
            return await self._exchange(pool.session, request)
        except (aiohttp.ServerDisconnectedError, ConnectionResetError) as error:
            # The other side hung up on an idle connection. Its key makes a second try safe.
            if not any(name.lower() == "idempotency-key" for name in request.headers):
                raise explain(error, request.target) from error
            return await self._exchange_again(pool, request)
        except (aiohttp.ClientError, OSError) as error:
            raise explain(error, request.target) from error
        finally:
            pool.users -= 1
            if pool.is_retired and not pool.users:
                await pool.session.close()

    async def _exchange_again(self, pool: "_Pool", request: _Request) -> HttpAnswer:
        try:
            return await self._exchange(pool.session, request)
        except (aiohttp.ClientError, OSError) as error:
            raise explain(error, request.target) from error

    async def _exchange(self, session: aiohttp.ClientSession, request: _Request) -> HttpAnswer:
        tls = request.tls
        response = await session.request(
            request.method,
            _yarl(request.target),
            headers=request.headers,
            data=request.content,
            allow_redirects=False,
            ssl=True if tls is None else await asyncio.to_thread(context_of, tls),
            server_hostname=tls.server_name or None if tls else None,
        )
        try:
            body = await _body(response, request)
        finally:
            response.release()
        return HttpAnswer(response.status, _plain_headers(response.headers), body)

    async def _pool(self) -> "_Pool":
        loop = asyncio.get_running_loop()
        source = self._source or default_source()
        policy = source.fresh() or await source.wait()
        pool = self._pools.get(loop)
        if pool is not None and pool.policy == policy and not pool.session.closed:
            return pool
        if pool is not None:
            # Connections that the old policy allowed must not serve requests under the new one.
            pool.is_retired = True
            if not pool.users:
                await pool.session.close()
        pool = self._pools[loop] = _Pool(policy, self._session(policy))
        return pool

    def _session(self, policy: EgressPolicy) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=1024,
            limit_per_host=self._connections_per_host,
            keepalive_timeout=_IDLE_SECONDS,
            use_dns_cache=False,
            resolver=_CheckedResolver(policy),
            socket_factory=_CheckedSockets(policy),
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"},
            skip_auto_headers=("Content-Type",),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_MAX_LINE,
            max_field_size=_MAX_LINE,
            max_headers=_MAX_ANSWER_HEADERS,
        )


class _Pool:
    """A session that was made under a policy, and how many requests use it now."""

    def __init__(self, policy: EgressPolicy, session: aiohttp.ClientSession) -> None:
        self.policy = policy
        self.session = session
        self.users = 0
        self.is_retired = False


class _CheckedResolver(AbstractResolver):
    """Gives the connector addresses that passed the check, and nothing else to look up."""

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy
        self._resolver = Resolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = await self._resolver.addresses(host)
        check_all(host, port, addresses, self._policy, http=True)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


class _CheckedSockets:
    """Makes the sockets, and checks once more where each of them will go."""

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy

    def __call__(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _, sockaddr = info
        self._policy.check(sockaddr[0], sockaddr[1])
        return socket.socket(family, kind, proto)


@lru_cache(maxsize=2048)
def _yarl(target: Target) -> URL:
    return URL(str(target), encoded=True)


async def _body(response: aiohttp.ClientResponse, request: _Request) -> bytes:
    limit = request.max_body_bytes
    encoding = response.headers.get("Content-Encoding", "")
    if not encoding and request.method != "HEAD" and (response.content_length or 0) > limit:
        response.close()
        raise too_large(limit)
    try:
        return await read_body(response.content.iter_any(), encoding, limit)
    except EgressError:
        response.close()
        raise


def _plain_headers(headers: Mapping[str, str]) -> dict[str, str]:
    plain: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        text = (
            value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        )
        plain[key] = f"{plain[key]}, {text}" if key in plain else text
    return plain


def _redirected(request: _Request, status: int, location: str) -> _Request:
    target = follow(request.target, location)
    if request.target.scheme == "https" and target.scheme == "http":
        raise refused("A redirect from https to http")
    method, headers, content, tls = request.method, request.headers, request.content, request.tls
    if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
        method, headers, content = "GET", without_body(headers), None
    if target.origin != request.target.origin:
        headers = carried_over(headers)
        tls = tls and tls.for_others
    return _Request(method, target, headers, content, request.max_body_bytes, tls)
