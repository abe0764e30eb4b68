"""As much of ASGI as is needed beside Django: types, and answers in JSON."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from common.problems import Problem
from common.request_ids import current_request_id
from common.strict_json import dumps

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

REST_SECONDS: Final = 0.5
"""Until a sender is told that it sends too much: told at once, it would send the next at once."""


def rendered(body: Any, kind: bytes = b"application/json") -> tuple[Headers, bytes]:
    """Headers and body of a JSON answer."""
    raw = dumps(body)
    length = str(len(raw)).encode()
    return [(b"content-type", kind), (b"content-length", length), (b"cache-control", b"no-store")], raw


def rendered_problem(problem: Problem, request_id: str) -> tuple[Headers, bytes]:
    """Headers and body of an RFC 9457 problem document."""
    headers, raw = rendered({**problem.as_json(), "request_id": request_id}, b"application/problem+json")
    if retry_after := problem.extra.get("retry_after"):
        headers.append((b"retry-after", str(retry_after).encode()))
    if problem.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return headers, raw


async def answer(send: Send, status: int, body: Any) -> None:
    """Send a JSON answer."""
    await _send(send, status, *rendered(body))


async def answer_problem(send: Send, problem: Problem, *, allow: bytes = b"POST") -> None:
    """Send a problem document; a 405 names the methods that are allowed."""
    headers, raw = rendered_problem(problem, current_request_id())
    if problem.status == 405:
        headers.append((b"allow", allow))
    await _send(send, problem.status, headers, raw)


async def _send(send: Send, status: int, headers: Headers, raw: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": raw})
