"""Where a request comes from, believing only the proxies that the settings name."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: HttpRequest) -> str:
    """The address to count tries by: an IPv4 address, or the /64 of an IPv6 one, which is one customer's."""
    found = _parse(request.META.get("REMOTE_ADDR", ""))
    hops = [_parse(part) for part in request.headers.get("X-Forwarded-For", "").split(",")]
    while found is not None and _is_proxy(found) and hops:
        found = hops.pop() or found
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found or "unknown")


def _parse(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_proxy(address: Address) -> bool:
    return any(address in network for network in _proxies(tuple(settings.TRUSTED_PROXIES)))


@lru_cache(maxsize=8)
def _proxies(texts: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)
