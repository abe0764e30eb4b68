"""server.created → IPAM → Modify server → Default enricher, in flows of tenants and of the platform."""

from typing import Any

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Tenant, User
from flows.models import Run
from flows.sdk import JsonObject
from flows.services.events import emit
from inventory.models import IPv4Address, IPv4Range, IPv6Address, IPv6Range, Server
from inventory.services.servers import create_server
from tests.support.flows import line, published, run_to_rest

pytestmark = pytest.mark.django_db(transaction=True)


def nodes(family: str, **wish: str) -> tuple[tuple[str, str, JsonObject], ...]:
    address = {"family": family, "as_field": "address", **wish}
    assign = {
        "server_id": "{{ id }}",
        "component": "network",
        "network_action": f"assign-{family}",
        f"{family}_id": "{{ address.id }}",
    }
    joined = {
        "table": f"{family}_ranges",
        "input_field": "address.fk_ipam",
        "join_field": "id",
        "as_field": "range",
    }
    return (
        ("t", "event", {"event": "server.created"}),
        ("ip", "ipam", address),
        ("assign", "modify-server", assign),
        ("range", "default-enricher", joined),
        ("end", "add-field", {"as_field": "gateway", "value": "{{ range.gateway }}"}),
    )


RANGES: dict[str, tuple[type[Any], JsonObject]] = {
    "ipv4": (IPv4Range, {"start": "192.0.2.10", "end": "192.0.2.20", "subnet": 24, "gateway": "192.0.2.1"}),
    "ipv6": (IPv6Range, {"network": "2001:db8::", "prefix": 48, "gateway": "2001:db8::1"}),
}
SCOPES: list[JsonObject] = [{}, {"scope": "node", "nodes": "pve1,pve2"}]


def happened(payload: JsonObject, tenant_id: int | None) -> None:
    with transaction.atomic():
        emit("server.created", payload, tenant_id=tenant_id)


def given(server: Server, family: str) -> IPv4Address | IPv6Address | None:
    server.refresh_from_db()
    return server.ip if family == "ipv4" else server.ip6


@pytest.mark.parametrize("scope", SCOPES, ids=["global", "node"])
@pytest.mark.parametrize("family", RANGES)
@pytest.mark.parametrize("is_platforms", [True, False], ids=["platform range", "own range"])
def test_a_new_server_gets_an_address_and_the_flow_its_range(
    tenant: Tenant, customer: User, system: Actor, family: str, scope: JsonObject, is_platforms: bool
) -> None:
    model, values = RANGES[family]
    model.objects.create(**values, **scope, tenant=None if is_platforms else tenant)
    published(line(*nodes(family, node="{{ node }}")))
    server = create_server(actor=system, user=customer, vmid=101, hostname="a.example.org", node="pve1")
    run = run_to_rest(Run.objects.get())
    assert (run.status, run.error) == ("succeeded", None)
    address = given(server, family)
    assert address is not None
    assert (address.in_use, address.tenant) == (True, tenant)


@pytest.mark.parametrize("wish", [{}, {"user_id": "{{ userid }}"}], ids=["event", "User ID"])
@pytest.mark.parametrize("family", RANGES)
@pytest.mark.parametrize("is_of_tenant", [True, False], ids=["tenant event", "platform event"])
def test_in_a_platform_flow_the_address_belongs_to_whom_the_event_or_the_user_id_says(
    tenant: Tenant, server: Server, family: str, wish: dict[str, str], is_of_tenant: bool
) -> None:
    model, values = RANGES[family]
    model.objects.create(**values)
    published(line(*nodes(family, **wish)))
    payload = {"id": server.pk, "userid": server.user_id, "node": "pve1"}
    happened(payload, tenant.pk if is_of_tenant else None)
    run = run_to_rest(Run.objects.get())
    assert (run.status, run.error) == ("succeeded", None)
    address = given(server, family)
    assert address is not None
    assert address.tenant == tenant


@pytest.mark.parametrize("family", RANGES)
def test_an_event_that_names_nobody_leaves_the_address_to_the_server_it_is_assigned_to(
    tenant: Tenant, server: Server, family: str
) -> None:
    model, values = RANGES[family]
    model.objects.create(**values)
    published(line(*nodes(family)))
    happened({"id": server.pk, "userid": None}, None)
    run = run_to_rest(Run.objects.get())
    assert (run.status, run.error) == ("succeeded", None)
    address = given(server, family)
    assert address is not None
    assert address.tenant == tenant
