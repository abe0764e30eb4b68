"""Where an open credential may be used: the way out refuses every other host, redirects included."""

from collections.abc import Iterable
from functools import lru_cache

from common.egress.errors import EgressError
from common.egress.urls import parse_host


def in_brackets(host: str) -> str:
    """A host as it stands in an address: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def host_with_port(host: str, port: int) -> str:
    """A host with one port, as `AllowedHosts` reads it and as people write it."""
    return f"{in_brackets(host)}:{port}"


class AllowedHosts:
    """A set of hosts, each with all its ports or with one.

    Args:
        entries: `host`, `host:port`, an IPv6 address in brackets before a port. What cannot be read allows nothing.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = frozenset(entry for text in entries if (entry := _read(text)) is not None)
        self.names = ", ".join(sorted({name for name, _ in self._entries}))
        """The hosts, without their ports, as people read them."""

    def check(self, host: str, port: int) -> None:
        """See that a request may go there; `host` in normal form or as it was written.

        Raises:
            EgressError: `host_not_allowed`; `bad_url`.
        """
        name, _ = parse_host(host)
        if (name, None) in self._entries or (name, port) in self._entries:
            return
        raise EgressError(
            "host_not_allowed",
            f"The credential may not be used at {name}, port {port}.",
            hint="Use it at its own hosts, or take one that is made for this host.",
            field="url",
        )


@lru_cache(maxsize=1024)
def allowed_hosts(entries: tuple[str, ...]) -> AllowedHosts:
    """The same for entries that come again and again, as those of a credential do."""
    return AllowedHosts(entries)


@lru_cache(maxsize=2048)
def _read(text: str) -> tuple[str, int | None] | None:
    host, _, port = text.strip().rpartition(":")
    has_port = bool(host) and port.isascii() and port.isdigit() and (":" not in host or host.endswith("]"))
    try:
        name, _ = parse_host(host if has_port else text.strip())
    except EgressError:
        return None
    return name, int(port) if has_port else None
