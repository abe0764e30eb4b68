"""Who the client is, and where the site begins: what a server or proxy says counts only when it is a listed one.

Of a listed proxy two headers are read, `X-Forwarded-For` and `X-Forwarded-Proto`. All others of their kind are dropped,
whoever sent them, so that nothing behind can come to trust one.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from common.asgi import Scope

if TYPE_CHECKING:
    # The launcher reads the settings at each start, and Django would be a third of what that takes.
    from django.http import HttpRequest

Network = IPv4Network | IPv6Network

PROXIED: Final = "hookflow.proxied"
"""The member of a scope that says that somebody else passed the request on."""

_HOPS: Final = re.compile(
    rb"x-forwarded.*|forwarded|x-original-(forwarded-for|host|proto)|x-real-(ip|port)|(x-)?(cluster-)?client-ip|via"
    rb"|true-client-ip|x-remote-(ip|addr|port)|x-originating-ip|x-cluster-.*|x-proxy.*|proxy-.*|x-envoy-.*|x-appengine-.*"
    rb"|x-azure-(client|socket).*|x-arr-.*|cf-(connecting-ip.*|ipcountry|ray|visitor|worker)|fastly-.*|x-amz-cf-id"
)
"""Headers that only a proxy adds: one of them means that the other end of the connection is not the client."""

_SERVERS: Final = re.compile(
    rb"daphne-.*|w?asgi.*|proxy|(x-)?script-(name|url)|(x-)?(path-info|root-path|request-(uri|method)|base-(path|url))"
    rb"|server-(name|port|protocol|software)|(x-)?remote-(addr|host|port|user.*|ident)|x-original-.*|x-rewrite-.*"
    rb"|x-(host|prefix|scheme|protocol|port|path|uri|url|url-scheme|https|ssl.*)|front-end-https|x-http-.*|x-method.*"
    rb"|x-(auth-request|authenticated|webauth|accel|sendfile|wap|middleware)-.*|x-sendfile.*"
)
"""Headers by which servers tell applications what they are to believe."""


def read_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks of `TRUSTED_PROXIES`.

    Raises:
        ValueError: a text that is no network.
    """
    return tuple(ip_network(text, strict=False) for text in texts)


def settle_client(scope: Scope, trusted: Sequence[Network]) -> Scope:
    """The scope with the real client, scheme and root in it, and with no header that a client could have forged.

    Headers with an underscore go too: once they are environment names, nobody can tell them from hyphened ones.
    """
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    kept = [pair for pair in headers if not _is_dropped(pair[0])]
    client = scope.get("client")
    is_listed = client is not None and is_within(str(client[0]), trusted)
    was_passed_on = len(kept) < len(headers) and any(_is_hop(name) for name, _ in headers)
    settled = {**scope, "headers": kept, "root_path": "", PROXIED: is_listed or was_passed_on}
    if is_listed:
        _believe(settled, headers, trusted)
    return settled


def was_passed_on(request: "HttpRequest") -> bool:
    """Whether the connection of a request ends at a proxy, and not at the client."""
    scope = getattr(request, "scope", None)
    if scope is not None:
        return bool(scope.get(PROXIED, True))
    return any(_is_hop(name.encode("latin-1", "replace")) for name in request.headers)


def is_within(text: str, networks: Sequence[Network]) -> bool:
    """Whether a text is an address in one of the networks."""
    if not networks:
        return False  # as in most installations, and with every request
    return _is_address(text) and any(ip_address(text) in network for network in networks)


def _believe(settled: Scope, headers: Sequence[tuple[bytes, bytes]], trusted: Sequence[Network]) -> None:
    chain = [part.strip() for part in _values(headers, b"x-forwarded-for").split(",") if part.strip()]
    while chain and is_within(chain[-1], trusted):
        chain.pop()
    if chain and _is_address(chain[-1]):
        settled["client"] = [chain[-1], 0]
    if _values(headers, b"x-forwarded-proto").strip() == "https":
        settled["scheme"] = "wss" if settled["type"] == "websocket" else "https"


@lru_cache(maxsize=4096)
def _is_dropped(name: bytes) -> bool:
    return b"_" in name or _is_hop(name) or bool(_SERVERS.fullmatch(name.lower()))


def _is_hop(name: bytes) -> bool:
    return bool(_HOPS.fullmatch(name.lower().replace(b"_", b"-")))


def _values(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> str:
    return ",".join(value.decode("latin-1") for name, value in headers if name.lower() == wanted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
