"""Tasks that wait for review, and the people around them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.models import Task
from approvals.services.settings import set_tenant_workflow, set_workflow
from inventory.models import Server
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


@pytest.fixture
def server(tenant: Tenant, customer: User) -> Server:
    """Deployed, and switched off."""
    made = Server.objects.create(
        tenant=tenant, user=customer, vmid=100, hostname="web-1.example.org", cpu=2, ram=2048, disk=20
    )
    made.interfaces.create(number=0)
    return made


@pytest.fixture
def held_tenant(tenant: Tenant) -> Tenant:
    """Its operations wait for review."""
    set_workflow(Actor.system(), is_enabled=True)
    set_tenant_workflow(Actor.system(), tenant, True)
    return tenant


@pytest.fixture
def asking(customer: User) -> Actor:
    """The customer, as services see one."""
    return Actor.of_user(customer)
