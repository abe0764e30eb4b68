"""Tasks that wait for review, and the people around them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.models import Task
from tests.conftest import make_user

MakeTask = Callable[..., Task]


@pytest.fixture
def manager(tenant: Tenant) -> User:
    return make_user("manager@acme.example", Role.manager, tenant)


@pytest.fixture
def boss(manager: User) -> Actor:
    """The manager, as services see one."""
    return Actor.of_user(manager)


@pytest.fixture
def hold(tenant: Tenant, customer: User) -> MakeTask:
    """`hold(**fields)` is a review that the customer asked for and nobody has decided."""

    def held(**fields: Any) -> Task:
        now = datetime.now(UTC)
        given = {"tenant": tenant, "type": "REVIEW", "state": "QUEUEING", "requester": customer}
        given |= {
            "requester_name": customer.name,
            "title": "More memory",
            "created_at": now,
            "changed_at": now,
        }
        return Task.objects.create(**{**given, **fields})

    return held
