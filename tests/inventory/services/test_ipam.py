"""Allocation of addresses, one at a time. Many at once: `test_ipam_concurrency`."""

from ipaddress import IPv6Address as V6
from ipaddress import IPv6Network

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant, User
from common.problems import Problem
from inventory.models import IPv4Address, IPv4Range, IPv6Address, IPv6Range
from inventory.services.ipam import Family, Wish, allocate, peek, release

V4_WISH = Wish(Family.ipv4)


def test_addresses_come_in_order_without_the_reserved_ones(pool: IPv4Range, system: Actor) -> None:
    given_out = [allocate(V4_WISH, actor=system)["ip"] for _ in range(13)]
    assert given_out == [f"192.0.2.{number}" for number in range(2, 15)]


def test_a_used_up_pool_says_so(pool: IPv4Range, system: Actor) -> None:
    for _ in range(13):
        allocate(V4_WISH, actor=system)
    with pytest.raises(Problem) as refused:
        allocate(V4_WISH, actor=system)
    assert refused.value.code == "pool_exhausted"


def test_an_address_that_was_given_back_is_taken_first(pool: IPv4Range, system: Actor) -> None:
    first = allocate(V4_WISH, actor=system)
    allocate(V4_WISH, actor=system)
    release(IPv4Address.objects.get(pk=first["id"]))
    assert allocate(V4_WISH, actor=system)["id"] == first["id"]


def test_a_listed_address_is_taken_before_a_new_one_and_never_made_again(
    pool: IPv4Range, system: Actor
) -> None:
    IPv4Address.objects.create(range=pool, ip="192.0.2.9")
    IPv4Address.objects.create(range=pool, ip="192.0.2.2", in_use=True)
    assert [allocate(V4_WISH, actor=system)["ip"] for _ in range(2)] == ["192.0.2.9", "192.0.2.3"]


def test_the_row_says_what_the_table_says(pool: IPv4Range, tenant: Tenant, system: Actor) -> None:
    row = allocate(V4_WISH, actor=system)
    address = IPv4Address.objects.get()
    assert row == {
        "id": address.pk,
        "ip": "192.0.2.2",
        "fk_ipam": pool.pk,
        "mac": "",
        "in_use": 1,
        "subnet": 28,
        "gateway": "192.0.2.1",
    }
    assert address.tenant == tenant
    assert AuditEntry.objects.get().verb == "allocated"


def test_a_network_is_split_into_subnets_without_the_gateways(pool6: IPv6Range, system: Actor) -> None:
    rows = [allocate(Wish(Family.ipv6), actor=system) for _ in range(22)]
    assert rows[0]["ip"] == "2001:db8:0:1000::"
    assert rows[0]["subnet"] == 64
    assert "2001:db8:0:1014::" not in {row["ip"] for row in rows}
    assert rows[20]["ip"] == "2001:db8:0:1015::"


def test_a_network_of_single_addresses_leaves_out_the_first_and_the_gateway(system: Actor) -> None:
    IPv6Range.objects.create(network="2001:db8::", prefix=126, target=128, gateway="2001:db8::1")
    rows = [allocate(Wish(Family.ipv6), actor=system)["ip"] for _ in range(2)]
    assert rows == ["2001:db8::2", "2001:db8::3"]


def test_a_network_that_is_not_split_is_given_whole(system: Actor) -> None:
    IPv6Range.objects.create(network="2001:db8::", prefix=64, target=64, gateway="2001:db8::1")
    assert allocate(Wish(Family.ipv6), actor=system)["ip"] == "2001:db8::"
    with pytest.raises(Problem):
        allocate(Wish(Family.ipv6), actor=system)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(prefix=st.integers(0, 128), split=st.integers(0, 128), offset=st.integers(0, 2**62 - 1))
def test_every_subnet_lies_in_its_network(prefix: int, split: int, offset: int) -> None:
    target = min(128, prefix + split)
    pool = IPv6Range(network="2001:db8:1:2::", prefix=prefix, target=target)
    subnet = IPv6Network((pool.at(offset % pool.capacity), target))
    assert subnet.subnet_of(pool.whole)
    assert V6(pool.at(0)) == pool.whole.network_address


@pytest.mark.usefixtures("pool")
def test_a_range_of_the_node_comes_before_a_global_one(system: Actor) -> None:
    IPv4Range.objects.create(start="10.1.0.1", end="10.1.0.1", subnet=24, scope="node", nodes="pve1, pve2")
    wish = Wish(Family.ipv4, node="pve2")
    assert [allocate(wish, actor=system)["ip"] for _ in range(2)] == ["10.1.0.1", "192.0.2.2"]


@pytest.mark.parametrize("node", ["", "pve", "pve10"])
def test_a_range_of_a_node_is_not_for_others(system: Actor, node: str) -> None:
    IPv4Range.objects.create(start="10.1.0.1", end="10.1.0.1", subnet=24, scope="node", nodes="pve1,pve2")
    with pytest.raises(Problem):
        allocate(Wish(Family.ipv4, node=node), actor=system)


@pytest.mark.usefixtures("pool")
def test_a_range_of_a_user_is_for_that_user_alone(
    customer: User, tenant: Tenant, system: Actor, viewer: User
) -> None:
    IPv4Range.objects.create(
        tenant=tenant, start="10.2.0.1", end="10.2.0.9", subnet=24, scope="user", user=customer
    )
    assert allocate(Wish(Family.ipv4, user_id=customer.pk), actor=system)["ip"] == "10.2.0.1"
    assert allocate(Wish(Family.ipv4, user_id=viewer.pk), actor=system)["ip"] == "192.0.2.2"
    assert allocate(V4_WISH, actor=system)["ip"] == "192.0.2.3"


def test_another_tenants_ranges_and_users_are_out_of_reach(
    other_tenant: Tenant, other_customer: User, system: Actor
) -> None:
    IPv4Range.objects.create(tenant=other_tenant, start="10.3.0.1", end="10.3.0.9", subnet=24)
    with pytest.raises(Problem) as exhausted:
        allocate(V4_WISH, actor=system)
    with pytest.raises(Problem) as unknown:
        allocate(Wish(Family.ipv4, user_id=other_customer.pk), actor=system)
    assert [exhausted.value.code, unknown.value.code] == ["pool_exhausted", "unknown_user"]


def test_the_platform_gives_an_address_to_the_users_tenant(pool: IPv4Range, customer: User) -> None:
    row = allocate(Wish(Family.ipv4, user_id=customer.pk), actor=Actor.system())
    assert IPv4Address.objects.get(pk=row["id"]).tenant_id == customer.tenant_id


def test_looking_ahead_takes_nothing(pool: IPv4Range, pool6: IPv6Range, system: Actor) -> None:
    assert peek(V4_WISH, actor=system)["ip"] == "192.0.2.2"
    assert not IPv4Address.objects.exists()
    assert allocate(V4_WISH, actor=system)["ip"] == "192.0.2.2"
    assert not IPv6Address.objects.exists()
