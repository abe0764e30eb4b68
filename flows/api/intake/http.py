"""What the intake reads of a request."""

from typing import Final

from common.asgi import Receive, Scope
from common.problems import bad_value

EVENTS_PATHS: Final = ("/api/v1/events/", "/api/v1/events")
"""Also without the slash at the end: a redirect would lose the body."""
HOOKS_PATH: Final = "/hooks/"


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a header, or None. A header that comes twice counts as missing: nobody knows which one holds.

    Args:
        name: in lower case.
    """
    found = [value for key, value in scope["headers"] if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else None


async def read_body(receive: Receive) -> bytes:
    """The whole body; the layers outside hold it to its path's limit.

    Raises:
        Problem: 400 `incomplete_body`.
    """
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise bad_value("incomplete_body", "The request ended before its body was complete.")
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
