"""Flows with runs for the tests of the API, and people as clients."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.flows.pages.conftest import House, furnished, published
from tests.support.answers import CheckedClient

Clients = Callable[[User | None], APIClient]


@pytest.fixture
def api() -> Clients:
    """As everywhere, and each answer is held against the OpenAPI document."""

    def client(user: User | None = None) -> APIClient:
        made = CheckedClient()
        if user is not None:
            made.force_login(user)
        return made

    return client


@pytest.fixture
def house(tenant_admin: User) -> House:
    """A published flow of the tenant with one failed run."""
    return furnished(published(tenant_admin))


@pytest.fixture
def other_house(outsider_admin: User) -> House:
    """The same of another tenant."""
    return furnished(published(outsider_admin, "Foreign flow"))


@pytest.fixture
def editor(api: Clients, flow_editor: User) -> APIClient:
    """The flow editor."""
    return api(flow_editor)


@pytest.fixture
def draft_of(editor: APIClient) -> Callable[[str], tuple[dict[str, Any], str]]:
    """`draft_of(flow_id)` is the draft's document and its ETag."""

    def read(flow_id: str) -> tuple[dict[str, Any], str]:
        answer = editor.get(f"/api/v1/flows/{flow_id}/draft/")
        return answer.json()["document"], answer["ETag"]

    return read
