"""Servers, their addresses and the events of their life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant, User
from common.problems import Problem
from flows.sdk import event_types
from inventory.models import IPv4Address, IPv4Range, Server
from inventory.services.servers import create_server, set_status, update_server, writer
from inventory.services.status import event_of_change
from tests.inventory.conftest import Emitted


def names(emitted: Emitted) -> list[str]:
    return [name for name, _, _ in emitted]


def test_a_new_server_fires_created_and_never_start(system: Actor, customer: User, emitted: Emitted) -> None:
    server = create_server(
        actor=system,
        user=customer,
        vmid=101,
        hostname="new.example.org",
        status="starting",
        charges=[{"amount": "4.50", "description": "Backup"}],
        interfaces=[{"number": 0, "vlan_tag": 7}],
    )
    assert names(emitted) == ["server.created"]
    _, payload, tenant_id = emitted[0]
    assert tenant_id == server.tenant_id == customer.tenant_id
    assert payload["charges"] == [
        {
            "id": server.charges.get().pk,
            "serverId": server.pk,
            "amount": 4.5,
            "description": "Backup",
            "serverType": "s",
        }
    ]
    known = event_types.get("server.created")
    assert known is not None
    assert set(payload) == set(known.shape.fields) == set(known.sample)


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        ("offline", "starting", "server.start"),
        ("suspended", "starting", "server.start"),
        ("offline", "online", "server.start"),
        ("starting", "online", None),
        ("online", "restarting", "server.restart"),
        ("restarting", "online", None),
        ("online", "stopping", "server.stop"),
        ("online", "offline", "server.stop"),
        ("stopping", "offline", None),
        ("online", "suspended", None),
        ("suspended", "offline", None),
    ],
)
def test_a_change_of_status_fires_its_event(
    server: Server, system: Actor, emitted: Emitted, before: str, after: str, event: str | None
) -> None:
    Server.objects.update(status=before)
    set_status(server, after, actor=system)
    assert names(emitted) == ([event] if event else [])
    assert all(payload["status"] == after for _, payload, _ in emitted)


@given(st.sampled_from(list(Server.Status)))
def test_staying_in_a_status_fires_nothing(status: str) -> None:
    assert event_of_change(status, status) is None


def test_the_payload_holds_addresses_and_not_their_ids(
    server: Server, address: IPv4Address, system: Actor, emitted: Emitted
) -> None:
    update_server(server, actor=system, ip=address, status="starting")
    assert emitted[0][1]["ip"] == "10.0.0.5"
    assert emitted[0][1]["ip6"] is None


def test_an_assigned_address_is_in_use_until_another_takes_its_place(
    server: Server, address: IPv4Address, system: Actor
) -> None:
    update_server(server, actor=system, ip=address)
    address.refresh_from_db()
    assert address.in_use
    other = IPv4Address.objects.create(tenant=server.tenant, range=address.range, ip="10.0.0.6")
    update_server(server, actor=system, ip=other)
    address.refresh_from_db()
    assert not address.in_use


def test_an_address_of_another_tenant_is_refused(server: Server, other_tenant: Tenant, system: Actor) -> None:
    pool = IPv4Range.objects.create(tenant=other_tenant, start="10.9.0.1", end="10.9.0.9", subnet=24)
    foreign = IPv4Address.objects.create(tenant=other_tenant, range=pool, ip="10.9.0.2")
    with pytest.raises(Problem) as refused:
        update_server(server, actor=system, ip=foreign)
    problem = refused.value
    assert (problem.status, problem.code, problem.field) == (409, "address_taken", "ip")


def test_a_server_for_another_tenants_user_is_refused(
    system: Actor, other_customer: User, emitted: Emitted
) -> None:
    with pytest.raises(Problem) as refused:
        create_server(actor=system, user=other_customer, vmid=102, hostname="x")
    assert refused.value.field == "userid"
    assert not emitted
    assert not Server.objects.exists()


def test_a_deleted_server_gives_its_address_back_and_cannot_be_changed(
    server: Server, address: IPv4Address, system: Actor
) -> None:
    update_server(server, actor=system, ip=address)
    writer.delete(server, actor=system)
    server.refresh_from_db()
    address.refresh_from_db()
    assert server.deleted_at is not None
    assert not address.in_use
    with pytest.raises(Problem) as refused:
        set_status(server, "online", actor=system)
    assert refused.value.code == "server_deleted"


def test_every_change_is_in_the_audit_trail(server: Server, system: Actor, emitted: Emitted) -> None:
    update_server(server, actor=system, hostname="b.example.org")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target, entry.target_id, entry.tenant_id) == (
        "updated",
        "server",
        str(server.pk),
        server.tenant_id,
    )
    assert entry.changes == {"hostname": ["web-1.example.org", "b.example.org"]}


def test_a_bad_value_names_its_public_field(server: Server, system: Actor) -> None:
    with pytest.raises(Problem) as refused:
        update_server(server, actor=system, user=None)
    assert refused.value.field == "userid"
