"""What the tests send to the intake, and a flow that listens to it."""

import json
from typing import Any

from tests.support.flows import document

LISTENS = document(
    [
        ("t", "event", {"event": "server.created"}),
        ("f", "filter", {"field": "ram", "operation": ">=", "value": "1"}),
    ],
    [("t", "out", "f")],
)


def event(**more: Any) -> dict[str, Any]:
    """One good event, with these members besides or instead."""
    return {"type": "server.created", "payload": {"hostname": "a"}, **more}


def raw(value: Any) -> bytes:
    """The body of a request."""
    return json.dumps(value).encode()
