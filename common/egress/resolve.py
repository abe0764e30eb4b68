"""Looking names up, and checking every address that they lead to."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Final
from weakref import WeakKeyDictionary

from common.egress.errors import refused, unreachable
from common.egress.policy import Address, EgressPolicy, is_public
from common.timed_cache import TimedCache

KEEP_SECONDS: Final = 5.0
_MAX_KEPT: Final = 4096

# Not the loop's own threads: a name server that does not answer must not stop other blocking work.
_threads: Final = ThreadPoolExecutor(max_workers=16, thread_name_prefix="egress-dns")


def look_up(host: str) -> tuple[Address, ...]:
    """Every address of a name, in the resolver's order.

    Raises:
        EgressError: `unreachable`.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise unreachable(host, "the name is not known") from error
    addresses = tuple(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))
    if not addresses:
        raise unreachable(host, "the name has no address")
    return addresses


def look_up_within(host: str, seconds: float) -> tuple[Address, ...]:
    """`look_up` for a thread that must come back in time, whatever the name server does.

    Raises:
        EgressError: `unreachable`.
    """
    try:
        return _threads.submit(look_up, host).result(seconds)
    except TimeoutError as error:
        raise unreachable(host, "the name server does not answer") from error


def check_all(
    host: str, port: int, addresses: tuple[Address, ...], policy: EgressPolicy, *, http: bool
) -> None:
    """Let a name pass when each of its addresses passes.

    Raises:
        EgressError: `address_refused`. It tells no address: names of the inside are not for asking around.
    """
    if not all(policy.is_listed(address) or is_public(address) for address in addresses):
        raise refused(f"The host {host}")
    if http:
        for address in addresses:
            policy.check(address, port)


class Resolver:
    """Looks names up for one event loop, one query a name at a time, and keeps answers for a few seconds."""

    def __init__(self) -> None:
        self._kept: TimedCache[str, tuple[Address, ...]] = TimedCache(seconds=KEEP_SECONDS, most=_MAX_KEPT)
        self._asked: dict[str, asyncio.Future[tuple[Address, ...]]] = {}

    def kept(self, host: str) -> tuple[Address, ...] | None:
        """Every address of a name, if it was asked for just now."""
        return self._kept.get(host)

    async def addresses(self, host: str) -> tuple[Address, ...]:
        """Every address of a name.

        Raises:
            EgressError: `unreachable`.
        """
        kept = self.kept(host)
        if kept is not None:
            return kept
        asked = self._asked.get(host)
        if asked is None:
            asked = asyncio.get_running_loop().run_in_executor(_threads, look_up, host)
            self._asked[host] = asked
            asked.add_done_callback(lambda done: self._keep(host, done))
        return await asyncio.shield(asked)

    def _keep(self, host: str, done: asyncio.Future[tuple[Address, ...]]) -> None:
        self._asked.pop(host, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._kept.put(host, done.result())


_resolvers: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, Resolver]] = WeakKeyDictionary()


def resolver_here() -> Resolver:
    """The resolver that all share who look names up on the running event loop."""
    loop = asyncio.get_running_loop()
    found = _resolvers.get(loop)
    return _resolvers.setdefault(loop, Resolver()) if found is None else found
