"""Requests to an ASGI application without a server, byte for byte as the test wants them."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the application sent."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def problem(self) -> dict[str, Any]:
        """The body, which must be a problem document."""
        assert self.headers["content-type"] == "application/problem+json", (self.status, self.body[:300])
        found: dict[str, Any] = self.json()
        assert found["status"] == self.status
        return found


async def send(
    app: Any,
    method: str,
    path: str,
    *,
    headers: Sequence[tuple[bytes, bytes]] = (),
    parts: Iterable[bytes] = (b"",),
    query: bytes = b"",
    root_path: str = "",
    client: str = "127.0.0.1",
) -> Answer:
    """Send the parts of a body one by one, and gather the answer. A length is sent only if `headers` say so."""
    waiting = list(parts)
    is_complete = bool(waiting)
    sent: list[Message] = []

    async def receive() -> Message:
        if not waiting and is_complete:
            await asyncio.Event().wait()  # the client stays and listens
        if not waiting:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def gather(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": root_path,
        "headers": [(b"host", b"testserver"), *headers],
        "client": [client, 5],
        "server": ["testserver", 80],
    }
    await app(scope, receive, gather)
    answered = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], answered, b"".join(part.get("body", b"") for part in sent[1:]))
