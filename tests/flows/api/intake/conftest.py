"""The whole ASGI application, and a token that may send events."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import User
from accounts.services import tokens
from flows.services.intake_writer import intake_writer
from flows.store.trigger_index import TriggerIndex
from hookflow_site.asgi import application
from hookflow_site.asgi import intake as running_intake
from tests.support.asgi import Answer, send

Sender = Callable[..., Any]


@pytest.fixture(autouse=True)
def fresh_intake(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache remembers another test's tokens, webhooks, event types and triggers."""
    monkeypatch.setattr(intake_writer, "index", TriggerIndex())
    running_intake.__init__()


@pytest.fixture
def token(flow_editor: User) -> str:
    """Text of a token of the flow editor, for events only."""
    return tokens.create(Actor.of_user(flow_editor), name="ci", scopes=["send_events"])[1]


@pytest.fixture
def post(token: str) -> Sender:
    """`await post(body)` sends bytes to `/api/v1/events/`; `headers` go besides the token's."""

    async def post(*parts: bytes, headers: Any = (), path: str = "/api/v1/events/") -> Answer:
        authorised = [(b"authorization", f"Bearer {token}".encode()), *headers]
        return await send(application, "POST", path, headers=authorised, parts=parts or (b"",))

    return post
