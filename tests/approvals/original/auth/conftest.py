"""An application of the connector's, and its access."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache

from accounts.models import User
from tests.approvals.original.people import of
from tests.approvals.original.signing import PRIVILEGES, allowed, asked, exchange


@pytest.fixture(autouse=True)
def nobody_counted() -> None:
    cache.clear()


@pytest.fixture
def app(connector: User) -> dict[str, Any]:
    """Key and secret of an application of the connector's."""
    path = f"/api/admin/enterprises/0/users/{connector.pk}/applications"
    body = json.dumps({"name": "Reviewer", "description": "", "links": PRIVILEGES})
    answer = of(connector).post(path, body, "application/vnd.abiquo.application+json; version=3.10")
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.fixture
def access(app: dict, connector: User) -> dict[str, str]:
    """How a signer is called that has access."""
    request = asked(app)
    answer = exchange(app, request, allowed(connector, request))
    assert answer.status_code == 200, answer.content
    found = parse_qs(answer.content.decode())
    return {
        "resource_owner_key": found["oauth_token"][0],
        "resource_owner_secret": found["oauth_token_secret"][0],
    }
