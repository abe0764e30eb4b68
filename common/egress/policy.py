"""Which addresses may be reached: public ones, and the networks that the platform admin allows."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import inf
from typing import Final

from common.egress.errors import EgressError, refused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SPECIAL_4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT, and the metadata service of one cloud
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata service of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments, and the metadata service of one cloud
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",  # a public address, yet one cloud's own service for its machines
    )
)
_GLOBAL_6: Final = IPv6Network("2000::/3")
_SPECIAL_6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4: ends at whatever IPv4 address is inside
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
_METADATA: Final = frozenset(
    ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192")
) | {ip_address("fd00:ec2::254")}


def plain(address: Address) -> Address:
    """The IPv4 address that an IPv4-mapped or NAT64 address leads to; any other address as it is."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address | str) -> bool:
    """Whether an address is a host of the public internet, seen through the forms that embed an address.

    Raises:
        ValueError: a text that is no IP address.
    """
    return _is_public(ip_address(address) if isinstance(address, str) else address)


@lru_cache(maxsize=4096)
def _is_public(address: Address) -> bool:
    address = plain(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_4)
    if address.scope_id is not None or address not in _GLOBAL_6:
        return False
    if any(address in network for network in _SPECIAL_6):
        return False
    inside = int(address) & 0xFFFFFFFFFFFFFFFF
    return inside >> 32 not in _ISATAP or _is_public(IPv4Address(inside & 0xFFFFFFFF))


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """What may be reached.

    Args:
        allowed_networks: networks that may be reached though they are not public, on any port. A metadata
            service is reached only when its single address is listed.
    """

    allowed_networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, networks: Iterable[str]) -> "EgressPolicy":
        """A policy that allows these networks, written `10.0.0.0/8`, `::1` or `192.168.1.7`.

        Raises:
            ValueError: a text that is no network, with the text in the sentence.
        """
        allowed: list[Network] = []
        for text in networks:
            try:
                allowed.append(ip_network(text.strip(), strict=False))
            except ValueError as error:
                raise ValueError(f"{text!r} is not a network: write 10.0.0.0/8 or fd00::/8.") from error
        return cls(tuple(allowed))

    def is_listed(self, address: Address) -> bool:
        """Whether an allowed network holds the address."""
        address = plain(address)
        if address in _METADATA:
            return any(net.num_addresses == 1 and address in net for net in self.allowed_networks)
        return any(address in net for net in self.allowed_networks)

    def check(self, address: Address | str, port: int, *, http: bool = True) -> None:
        """Let an address pass, or not. HTTP goes to the ports of HTTP only, except in allowed networks.

        Raises:
            EgressError: `address_refused`.
        """
        parsed = ip_address(address) if isinstance(address, str) else address
        if self.is_listed(parsed):
            return
        if not is_public(parsed):
            raise refused(f"The address {parsed}")
        if http and not (port in (80, 443) or 8000 <= port <= 8999):
            raise EgressError(
                "address_refused",
                f"Port {port} is not a port of HTTP.",
                hint="Use 80, 443 or 8000 to 8999, or ask the platform admin to allow the network.",
                field="url",
            )


PolicyProvider = Callable[[], EgressPolicy]

_thread: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="egress-policy")


class PolicySource:
    """Asks a provider for the policy, at most once in `seconds`.

    While the provider fails, the last answer holds for another `grace` seconds; then nothing may leave.
    """

    def __init__(self, provider: PolicyProvider, *, seconds: float = 2.0, grace: float = 30.0) -> None:
        self._provider = provider
        self._seconds = seconds
        self._grace = grace
        self._policy: EgressPolicy | None = None
        self._asked_at = float("-inf")
        self._lock = threading.Lock()
        self._is_renewed = False

    def fresh(self) -> EgressPolicy | None:
        """The policy if it was asked for just now, without waiting for anything."""
        return self._policy if time.monotonic() - self._asked_at < self._seconds else None

    def at_hand(self) -> EgressPolicy | None:
        """`fresh` for an event loop. A policy that is about to be too old is asked for meanwhile, so that whoever goes
        out often never waits."""
        policy = self.fresh()
        is_old = time.monotonic() - self._asked_at > self._seconds / 2
        if policy is not None and is_old and not self._is_renewed:
            self._is_renewed = True
            _thread.submit(self._renew)
        return policy

    def _renew(self) -> None:
        with self._lock, suppress(EgressError):
            self._ask()
        self._is_renewed = False

    def current(self) -> EgressPolicy:
        """The policy; asks the provider when the last answer is too old, and blocks for it.

        Raises:
            EgressError: `unreachable`, when the provider fails and no recent answer is left.
        """
        policy = self.fresh()
        if policy is not None:
            return policy
        with self._lock:
            return self.fresh() or self._ask()

    async def wait(self) -> EgressPolicy:
        """`current` for an event loop: a provider may read a database, so it is asked on a thread of its own.

        Raises:
            EgressError: `unreachable`, as `current` does.
        """
        policy = self.at_hand()
        if policy is not None:
            return policy
        return await asyncio.get_running_loop().run_in_executor(_thread, self.current)

    def _ask(self) -> EgressPolicy:
        try:
            self._policy = self._provider()
            self._asked_at = time.monotonic()
        except Exception as error:  # whatever the provider's storage raises
            if self._policy is None or time.monotonic() - self._asked_at > self._grace:
                raise EgressError(
                    "unreachable",
                    "The list of allowed networks cannot be read, so nothing may leave.",
                    hint="Look at the database.",
                    retryable=True,
                ) from error
        return self._policy


_source = PolicySource(EgressPolicy)

NAMED: Final = PolicySource(lambda: EgressPolicy.of(["0.0.0.0/0", "::/0"]), seconds=inf)
"""For a host that the platform's admin named one by one: any address of it, but a metadata service."""


def use_provider(provider: PolicyProvider) -> None:
    """Set where this process asks for its policy, once at the start. Before that only public hosts pass."""
    global _source  # noqa: PLW0603 - the one source of the process, set at the start like the settings
    _source = PolicySource(provider)


def default_source() -> PolicySource:
    """Where this process asks for its policy."""
    return _source
