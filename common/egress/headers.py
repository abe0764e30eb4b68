"""Which methods and headers may leave, and which of them follow a redirect."""

import re
from collections.abc import Mapping
from typing import Final

from common.egress.errors import EgressError

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
MAX_HEADERS: Final = 100
MAX_HEADER_BYTES: Final = 65_536

_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_OURS: Final = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "accept-encoding",
        "proxy-authorization",
        "proxy-connection",
    }
)
_CARRIED: Final = frozenset({"accept", "accept-language", "content-type", "user-agent", "idempotency-key"})
_OF_BODY: Final = frozenset({"content-type", "content-encoding", "content-language"})


def check_method(method: str) -> str:
    """The method in capitals.

    Raises:
        EgressError: `bad_header`.
    """
    verb = method.upper()
    if verb not in METHODS:
        raise EgressError(
            "bad_header",
            "The method is none that can be sent.",
            hint=f"Use one of {', '.join(sorted(METHODS))}.",
            field="method",
        )
    return verb


def check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers as they may be sent: ASCII, one line each, and none that belongs to the connection.

    Raises:
        EgressError: `bad_header`.
    """
    checked: dict[str, str] = {}
    total = 0
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise _bad(
                "A header name has a character that header names do not have.", "Use letters and hyphens."
            )
        if name.lower() in _OURS:
            raise _bad(f"The header {name} is set by the connection.", "Leave it out.")
        if not _VALUE.fullmatch(value):
            raise _bad(
                f"The header {name} has a character that headers do not have.", "Use one line of ASCII."
            )
        checked[name] = value.strip(" \t")
        total += len(name) + len(value)
    if len(checked) > MAX_HEADERS or total > MAX_HEADER_BYTES:
        raise _bad(
            "There are too many headers.", f"Send at most {MAX_HEADERS}, {MAX_HEADER_BYTES} bytes in all."
        )
    return checked


def carried_over(headers: dict[str, str]) -> dict[str, str]:
    """What is sent on when a redirect leaves the origin. Any other header may be a credential."""
    return {name: value for name, value in headers.items() if name.lower() in _CARRIED}


def without_body(headers: dict[str, str]) -> dict[str, str]:
    """What is sent on when a redirect turns the request into a GET."""
    return {name: value for name, value in headers.items() if name.lower() not in _OF_BODY}


def _bad(message: str, hint: str) -> EgressError:
    return EgressError("bad_header", message, hint=hint, field="headers")
