"""As much of HTTP as the intake needs: read a bounded body, answer JSON."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from common.problems import Problem, bad_value
from common.request_ids import current_request_id
from common.strict_json import dumps

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a header, or None. A header that comes twice counts as missing: nobody knows which one holds.

    Args:
        name: in lower case.
    """
    found = [value for key, value in scope["headers"] if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else None


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body.

    Raises:
        Problem: 413 `too_large`, as soon as more than `limit` bytes were announced or received.
    """
    announced = header(scope, b"content-length")
    if announced is not None and announced.isascii() and announced.isdigit() and int(announced[:19]) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    received = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise bad_value("incomplete_body", "The request ended before its body was complete.")
        part = message.get("body", b"")
        received += len(part)
        if received > limit:
            raise _too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _too_large(limit: int) -> Problem:
    return Problem(
        413, "too_large", f"The body is larger than {limit:,} bytes.", hint="Send it in several requests."
    )


async def answer(
    send: Send, status: int, body: Any, *, kind: bytes = b"application/json", extra: Any = ()
) -> None:
    """Send a JSON answer."""
    raw = dumps(body)
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(raw)).encode()),
        (b"cache-control", b"no-store"),
        *extra,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": raw})


async def answer_problem(send: Send, problem: Problem) -> None:
    """Send an RFC 9457 problem document."""
    retry_after = problem.extra.get("retry_after")
    extra = [(b"retry-after", str(retry_after).encode())] if retry_after else []
    if problem.status == 405:
        extra.append((b"allow", b"POST"))
    if problem.status == 401:
        extra.append((b"www-authenticate", b"Bearer"))
    body = {**problem.as_json(), "request_id": current_request_id()}
    await answer(send, problem.status, body, kind=b"application/problem+json", extra=extra)
