"""A small platform, and a catch for the events that it fires."""

from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from flows.sdk.testing import FakeContext
from inventory.models import IPv4Address, IPv4Range, IPv6Range, Server
from tests.conftest import make_user

Emitted = list[tuple[str, dict[str, Any], int | None]]


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> Emitted:
    """Every event that is fired, as (type, payload, tenant id)."""
    events: Emitted = []

    def catch(event_type: str, payload: dict[str, Any], *, tenant_id: int | None) -> None:
        events.append((event_type, payload, tenant_id))

    monkeypatch.setattr("inventory.services.emitting.emit_event", catch)
    return events


@pytest.fixture
def system(tenant: Tenant) -> Actor:
    """The program, on behalf of the tenant."""
    return Actor.system(tenant.pk)


@pytest.fixture
def other_customer(other_tenant: Tenant) -> User:
    return make_user("eve@umbrella.example", None, other_tenant)


@pytest.fixture
def server(tenant: Tenant, customer: User) -> Server:
    made = Server.objects.create(
        tenant=tenant, user=customer, vmid=100, hostname="web-1.example.org", ram=8192, node="pve1"
    )
    made.interfaces.create(number=1)
    made.interfaces.create(number=3)
    return made


@pytest.fixture
def other_server(other_tenant: Tenant, other_customer: User) -> Server:
    return Server.objects.create(
        tenant=other_tenant, user=other_customer, vmid=100, hostname="evil.example.org"
    )


@pytest.fixture
def pool(db: None) -> IPv4Range:
    return IPv4Range.objects.create(start="192.0.2.0", end="192.0.2.15", subnet=28, gateway="192.0.2.1")


@pytest.fixture
def pool6(db: None) -> IPv6Range:
    return IPv6Range.objects.create(
        network="2001:db8:0:1014::", prefix=56, target=64, gateway="2001:db8:0:1014::1"
    )


@pytest.fixture
def address(tenant: Tenant) -> IPv4Address:
    """A free address of the tenant's own."""
    own = IPv4Range.objects.create(tenant=tenant, start="10.0.0.1", end="10.0.0.9", subnet=24)
    return IPv4Address.objects.create(tenant=tenant, range=own, ip="10.0.0.5")


@pytest.fixture
def context(server: Server) -> FakeContext:
    return FakeContext(tenant_id=server.tenant_id)


@pytest.fixture
def furnished(server: Server) -> Server:
    """A server on which every setting has a value that could be lost."""
    Server.objects.update(
        note="Mind the gap", ha_status="started", ha_group="fast", max_relocate=3, max_restart=4
    )
    server.interfaces.update(vlan_tag=7, rate_limit="12.5")
    server.refresh_from_db()
    return server
