"""What a request may be: how large, and of which bytes. The envelope asks, and so do the servers below it.

A server asks before the application sees anything, so that no more is kept than will be of use.
"""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final

from django.conf import settings

from common.asgi import rendered_problem
from common.problems import Problem, bad_value
from common.request_ids import begin_request, end_request
from flows.api.intake.http import EVENTS_PATHS, HOOKS_PATH
from hookflow_site.security_headers import RAW

MAX_BODY: Final = 1_048_576
MAX_STRANGER_BODY: Final = 65_536
MAX_LARGE_BODY: Final = 5 * 1_048_576
LARGE_PATHS: Final = frozenset(
    {
        *EVENTS_PATHS,
        "/api/v1/flows/import/",
        "/api/v1/flows/import/preview/",
    }
)
ODD: Final = bad_value(
    "bad_request", "The request cannot be read.", hint="Check its address and its headers."
)
_ODD: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def body_limit(path: str, credential: bytes) -> int:
    """How many bytes a request to `path` may carry: little without a token or a session, but for webhooks."""
    if not credential and not path.startswith(HOOKS_PATH):
        return MAX_STRANGER_BODY
    return MAX_LARGE_BODY if path in LARGE_PATHS else MAX_BODY


def credential_of(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """What tells senders at one address apart: the token, else the session; not checked here, so never a right."""
    found = dict(headers)
    if token := found.get(b"authorization"):
        return bytes(token)
    name = f"{settings.SESSION_COOKIE_NAME}=".encode()
    cookies = (part.strip() for part in bytes(found.get(b"cookie", b"")).split(b";"))
    return next((cookie for cookie in cookies if cookie.startswith(name)), b"")


def is_odd(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether a header holds what no client means; those of a websocket's handshake are ASCII besides."""
    if _ODD.search(b"\t".join([value for _, value in headers])):
        return True
    return not all(value.isascii() for name, value in headers if name.startswith(b"sec-websocket-"))


def too_large(limit: int) -> Problem:
    """The problem of a body past its path's limit."""
    return Problem(413, "too_large", f"The body is larger than {limit:,} bytes.", hint="Send less at once.")


def refusal(problem: Problem) -> bytes:
    """The whole answer to a request that never gets as far as the application; the connection ends with it."""
    request_id, mark = begin_request()
    end_request(mark)
    headers, body = rendered_problem(problem, request_id)
    headers += [(b"connection", b"close"), (b"x-request-id", request_id.encode()), *RAW]
    status = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}".encode()
    return b"\r\n".join([status, *(name + b": " + value for name, value in headers), b"", body])
