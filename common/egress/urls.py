"""URLs, read once and strictly: what is checked is what is used."""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote, urljoin

import idna

from common.egress.errors import EgressError
from common.egress.policy import Address, plain

MAX_URL: Final = 8192

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_FORBIDDEN: Final = re.compile(
    r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)
_PARTS: Final = re.compile(r"(?i)(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.DOTALL)
_AUTHORITY: Final = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[^\[\]:@%]+)(?::([0-9]{1,5}))?")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_KEPT: Final = "%/:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes, in normal form.

    Args:
        scheme: `http` or `https`.
        host: lower-case ASCII name, or the address in its normal form, without brackets.
        port: 1 to 65535.
        path: begins with `/`, percent-encoded ASCII.
        query: percent-encoded ASCII, without the question mark.
        address: the address when the host is one.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str
    address: Address | None

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: credentials stay within them."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and, when it is not the scheme's own, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{self.authority}{self.path}{query}"


def parse(url: str) -> Target:
    """Read an absolute HTTP URL. The fragment is dropped.

    Raises:
        EgressError: `bad_url`, for anything that two programs could read in two ways.
    """
    if len(url) > MAX_URL:
        raise _bad("It is too long", f"Keep it under {MAX_URL} characters.")
    return _parse(url)


def follow(base: Target, location: str) -> Target:
    """The target of a redirect from `base`.

    Raises:
        EgressError: `bad_url`.
    """
    # Servers send what browsers forgive; only the characters that browsers strip are refused, as in `parse`.
    if len(location) > MAX_URL or _FORBIDDEN.search(location):
        raise _bad("The redirect has a character that URLs do not have", "Look at the other side.")
    return parse(urljoin(str(base), location))


@lru_cache(maxsize=2048)
def _parse(url: str) -> Target:
    if _FORBIDDEN.search(url):
        raise _bad("It has a space, backslash or control character", "Percent-encode it.")
    match = _PARTS.fullmatch(url)
    if match is None:
        raise _bad("It does not begin with http:// or https://", "Write the whole URL.")
    scheme, authority, path, query = match.groups()
    if "@" in authority:
        raise _bad("It has a user name", "Put credentials into a header.")
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        raise _bad("Its host or port cannot be read", "Write host or host:port.")
    scheme = scheme.lower()
    port = int(found[2]) if found[2] else _DEFAULT_PORTS[scheme]
    if not 1 <= port <= 65535:
        raise _bad("Its port is not between 1 and 65535", "Correct the port.")
    host, address = _host(found[1])
    return Target(
        scheme, host, port, quote(path or "/", _KEPT), quote((query or "")[1:], _KEPT + "?"), address
    )


@lru_cache(maxsize=2048)
def parse_host(host: str) -> tuple[str, Address | None]:
    """Read a host name or an IP address, with or without brackets, into its normal form.

    Raises:
        EgressError: `bad_url`.
    """
    if _FORBIDDEN.search(host) or len(host) > 1000:
        raise _bad("The host has a character that names do not have", "Write a host name or an address.")
    return _host(f"[{host}]" if ":" in host and not host.startswith("[") else host)


def _host(text: str) -> tuple[str, Address | None]:
    if text.startswith("["):
        if not re.fullmatch(r"\[[0-9A-Fa-f:.]+\]", text):
            raise _bad("Its IPv6 address cannot be read", "Write [address] without a zone.")
        try:
            address = plain(IPv6Address(text[1:-1]))
        except AddressValueError:
            raise _bad("Its IPv6 address cannot be read", "Correct the address.") from None
        return str(address), address
    name = _ascii_name(text)
    if _NUMERIC.fullmatch(name.rsplit(".", 1)[-1]):
        try:
            ipv4 = IPv4Address(name)
        except AddressValueError:
            raise _bad(
                "Its host looks like an IPv4 address but is none", "Write four decimal numbers."
            ) from None
        return str(ipv4), ipv4
    return name, None


def _ascii_name(text: str) -> str:
    try:
        name = text.lower() if text.isascii() else idna.encode(text, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise _bad("Its host is not a name that can be looked up", "Correct the name.") from None
    name = name.removesuffix(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise _bad("Its host is not a name that can be looked up", "Correct the name.")
    return name


def _bad(what: str, hint: str) -> EgressError:
    return EgressError("bad_url", f"The URL cannot be used. {what}.", hint=hint, field="url")
