"""Who the client is: what proxies say counts only when it comes from a listed proxy."""

from collections.abc import MutableMapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

Scope = MutableMapping[str, Any]
Network = IPv4Network | IPv6Network

_FORWARDED = (b"x-forwarded-", b"forwarded", b"x-real-ip")


def read_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks of `TRUSTED_PROXIES`.

    Raises:
        ValueError: a text that is no network.
    """
    return tuple(ip_network(text, strict=False) for text in texts)


def settle_client(scope: Scope, trusted: Sequence[Network]) -> Scope:
    """The scope with the real client and scheme in it, and with no header left that a client could have forged.

    Headers with an underscore go too: once they are environment names, nobody can tell them from hyphened ones.
    """
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    if not any(b"_" in name or name.startswith(_FORWARDED) for name, _ in headers):
        return scope
    kept = [(name, value) for name, value in headers if b"_" not in name and not name.startswith(_FORWARDED)]
    settled = {**scope, "headers": kept}
    client = scope.get("client")
    if client and _is_trusted(str(client[0]), trusted):
        chain = [part.strip() for part in _values(headers, b"x-forwarded-for").split(",") if part.strip()]
        while chain and _is_trusted(chain[-1], trusted):
            chain.pop()
        if chain and _is_address(chain[-1]):
            settled["client"] = [chain[-1], 0]
        if _values(headers, b"x-forwarded-proto").strip() == "https":
            settled["scheme"] = "wss" if scope["type"] == "websocket" else "https"
    return settled


def _values(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> str:
    return ",".join(value.decode("latin-1") for name, value in headers if name == wanted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(text: str, trusted: Sequence[Network]) -> bool:
    return _is_address(text) and any(ip_address(text) in network for network in trusted)
