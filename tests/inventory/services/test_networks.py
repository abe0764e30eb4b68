"""Ranges never overlap within a node's network, at whatever door somebody tries."""

from contextlib import suppress
from itertools import combinations
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import Tenant, User
from common.problems import Problem
from inventory.models import IPv4Address, IPv4Range, IPv6Address, IPv6Range, Server
from inventory.services import demo
from inventory.services.ipam import Family, Wish, allocate, peek
from inventory.services.networks import rivals_of
from inventory.services.servers import create_server
from inventory.services.writers import writer_of

PLATFORM = Actor.system()
V4: dict[str, Any] = {"start": "192.0.2.10", "end": "192.0.2.20", "subnet": 24}
V6: dict[str, Any] = {"network": "2001:db8::", "prefix": 48, "target": 64}

pytestmark = pytest.mark.django_db


def make(model: type[Any] = IPv4Range, actor: Actor = PLATFORM, **values: Any) -> Any:
    base = V4 if model is IPv4Range else V6
    return writer_of(model).create(actor=actor, values={**base, **values})


def refusal(*args: Any, **values: Any) -> Problem:
    with pytest.raises(Problem) as refused:
        make(*args, **values)
    return refused.value


OVERLAPPING = [
    (IPv4Range, {}),
    (IPv4Range, {"start": "192.0.2.20", "end": "192.0.2.30"}),
    (IPv4Range, {"start": "192.0.2.1", "end": "192.0.2.10"}),
    (IPv4Range, {"start": "192.0.2.12", "end": "192.0.2.13"}),
    (IPv4Range, {"start": "192.0.0.0", "end": "192.0.255.255", "subnet": 16}),
    (IPv6Range, {}),
    (IPv6Range, {"network": "2001:db8:0:ff00::", "prefix": 56}),
    (IPv6Range, {"network": "2001:db8:0:1::", "prefix": 128, "target": 128}),
    (IPv6Range, {"network": "2001::", "prefix": 16}),
]


@pytest.mark.parametrize(("model", "values"), OVERLAPPING)
def test_any_overlap_is_refused_and_nothing_is_made(model: type[Any], values: dict[str, Any]) -> None:
    make(model)
    problem = refusal(model, **values)
    assert (problem.status, problem.code) == (409, "range_overlaps")
    assert problem.field in ("start", "network")
    assert model.objects.count() == 1


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (IPv4Range, {"start": "192.0.2.21", "end": "192.0.2.30"}),
        (IPv4Range, {"start": "192.0.2.1", "end": "192.0.2.9"}),
        (IPv6Range, {"network": "2001:db8:1::"}),
    ],
)
def test_neighbours_are_fine(model: type[Any], values: dict[str, Any]) -> None:
    make(model)
    make(model, **values)
    assert model.objects.count() == 2


def test_networks_are_those_of_the_nodes(tenant: Tenant, customer: User, other_customer: User) -> None:
    """Two ranges with the same addresses, by scope: only those of different nodes are apart."""
    pve1, pve2 = ({"scope": "node", "nodes": name} for name in ("pve1", "pve2, pve3"))
    scopes: list[dict[str, Any]] = [
        pve1,
        pve2,
        {},
        {"scope": "user", "user": customer},
        {"scope": "user", "user": other_customer},
    ]
    for one, other in combinations(scopes, 2):
        first = make(**one)
        if (one, other) == (pve1, pve2):
            make(**other)
            assert refusal(scope="node", nodes="pve9, PVE3").code == "range_overlaps"
        else:
            assert refusal(**other).code == "range_overlaps"
        IPv4Range.objects.all().delete()
        assert first.pk is None or not IPv4Range.objects.exists()


def test_a_range_cannot_grow_or_move_into_another() -> None:
    make(scope="node", nodes="pve1")
    second = make(scope="node", nodes="pve2")
    third = make(start="192.0.2.30", end="192.0.2.40")
    for pool, values in (
        (second, {"nodes": "pve2,pve1"}),
        (second, {"scope": "global"}),
        (third, {"start": "192.0.2.20"}),
    ):
        with pytest.raises(Problem) as refused:
            writer_of(IPv4Range).update(pool, actor=PLATFORM, values=values)
        assert refused.value.code == "range_overlaps"
    writer_of(IPv4Range).update(third, actor=PLATFORM, values={"end": "192.0.2.50"})


def test_a_range_of_somebody_else_is_not_named(tenant: Tenant, other_tenant: Tenant) -> None:
    make(tenant=other_tenant)
    problem = refusal(IPv4Range, Actor.system(tenant.pk))
    assert problem.message == "This overlaps a range of somebody else."
    assert "192.0.2.10 - 192.0.2.20" in refusal(IPv4Range, PLATFORM).message


def test_the_api_the_admin_and_the_pages_refuse_it(client: Client, platform_admin: User) -> None:
    make()
    make(IPv6Range)
    api = APIClient()
    api.force_login(platform_admin)
    client.force_login(platform_admin)
    for route, name, body in (
        ("ipv4-ranges", "ipv4range", {**V4, "scope": "global", "nodes": ""}),
        ("ipv6-ranges", "ipv6range", {**V6, "scope": "global", "nodes": ""}),
    ):
        answer = api.post(f"/api/v1/inventory/{route}/", body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, "range_overlaps")
        page = client.post(f"/admin/inventory/{name}/add/", body)
        assert page.status_code < 500
    assert (IPv4Range.objects.count(), IPv6Range.objects.count()) == (1, 1)


def test_the_demo_keeps_clear_of_what_is_there(settings: Any) -> None:
    settings.IS_LOCAL_DEMO = True
    mine = make(start="198.51.100.0", end="198.51.100.255")
    demo.load()
    assert all(rivals_of(pool) == [] for pool in (*IPv4Range.objects.all(), *IPv6Range.objects.all()))
    assert mine.addresses.count() == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 12), st.sampled_from(["", "a", "b", "a,b"])), max_size=6
    )
)
def test_whatever_is_tried_no_address_is_given_twice_on_a_node(tries: list[tuple[int, int, str]]) -> None:
    IPv4Address.objects.all().delete()
    IPv4Range.objects.all().delete()
    for start, length, nodes in tries:
        ends = {"start": f"10.0.0.{start}", "end": f"10.0.0.{start + length}", "subnet": 31}
        with suppress(Problem):
            make(**ends, scope="node" if nodes else "global", nodes=nodes)
    given_out: dict[str, list[str]] = {"a": [], "b": []}
    for node in ("a", "b") * 12:
        with suppress(Problem):
            row = allocate(Wish(Family.ipv4, node=node), actor=PLATFORM)
            for network in IPv4Range.objects.get(pk=row["fk_ipam"]).node_names or ["a", "b"]:
                given_out[network].append(str(row["ip"]))
    assert all(len(set(ips)) == len(ips) for ips in given_out.values())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(0, 2**24), st.integers(104, 128)),
    st.tuples(st.integers(0, 2**24), st.integers(104, 128)),
)
def test_ipv6_ranges_overlap_when_an_address_is_in_both(one: Any, other: Any) -> None:
    IPv6Range.objects.all().delete()
    first, second = (
        IPv6Range(network=f"2001:db8::{number >> 16:x}:{number & 0xFFFF:x}", prefix=prefix, target=128)
        for number, prefix in (one, other)
    )
    first.save()
    assert bool(rivals_of(second)) is first.whole.overlaps(second.whole)


# Ranges from before the rule: they stay, and nothing that one of them gave is given again.


def old_pair(model: type[Any], other_tenant: Tenant, **values: Any) -> tuple[Any, Any]:
    base = V4 if model is IPv4Range else V6
    return model.objects.create(**base), model.objects.create(**{**base, **values}, tenant=other_tenant)


@pytest.mark.parametrize("is_listed", [False, True])
def test_an_address_is_not_given_to_two_owners(tenant: Tenant, other_tenant: Tenant, is_listed: bool) -> None:
    _, theirs = old_pair(IPv4Range, other_tenant)
    mine = allocate(Wish(Family.ipv4), actor=Actor.system(tenant.pk))
    if is_listed:
        IPv4Address.objects.create(range=theirs, ip=mine["ip"], tenant=other_tenant)
    wish, them = Wish(Family.ipv4), Actor.system(other_tenant.pk)
    assert peek(wish, actor=them)["ip"] == "192.0.2.11"
    rows = [mine, *(allocate(wish, actor=them) for _ in range(10))]
    assert len({row["ip"] for row in rows}) == 11
    with pytest.raises(Problem) as exhausted:
        allocate(wish, actor=them)
    assert exhausted.value.code == "pool_exhausted"


def test_a_subnet_within_a_given_subnet_is_not_given(tenant: Tenant, other_tenant: Tenant) -> None:
    old_pair(IPv6Range, other_tenant, target=56)
    mine = allocate(Wish(Family.ipv6), actor=Actor.system(tenant.pk))
    theirs = allocate(Wish(Family.ipv6), actor=Actor.system(other_tenant.pk))
    assert (mine["ip"], theirs["ip"]) == ("2001:db8::", "2001:db8:0:100::")


def test_no_other_door_gives_it_either(tenant: Tenant, other_tenant: Tenant, other_customer: User) -> None:
    _, theirs = old_pair(IPv4Range, other_tenant)
    given_ip = allocate(Wish(Family.ipv4), actor=Actor.system(tenant.pk))["ip"]
    them, addresses = Actor.system(other_tenant.pk), writer_of(IPv4Address)
    with pytest.raises(Problem) as listed:
        addresses.create(actor=them, values={"range": theirs, "ip": given_ip, "in_use": True})
    free = addresses.create(actor=them, values={"range": theirs, "ip": given_ip})
    with pytest.raises(Problem) as taken:
        addresses.update(free, actor=them, values={"in_use": True})
    with pytest.raises(Problem) as attached:
        create_server(actor=them, user=other_customer, vmid=100, hostname="a.example", ip=free)
    assert {refused.value.code for refused in (listed, taken, attached)} == {"address_taken"}
    assert not Server.objects.exists()


def test_what_falls_out_of_a_range_is_no_longer_listed(tenant: Tenant) -> None:
    pool = make()
    IPv4Address.objects.create(range=pool, ip="192.0.2.15")
    writer_of(IPv4Range).update(pool, actor=PLATFORM, values={"end": "192.0.2.12"})
    make(start="192.0.2.13", end="192.0.2.30")
    rows = [allocate(Wish(Family.ipv4), actor=PLATFORM)["ip"] for _ in range(21)]
    assert len(set(rows)) == 21


def test_subnets_keep_their_size_while_one_is_in_use_and_are_listed_whole() -> None:
    pool = make(IPv6Range)
    with pytest.raises(Problem) as inside:
        writer_of(IPv6Address).create(actor=PLATFORM, values={"range": pool, "ip": "2001:db8:0:4::5"})
    assert "2001:db8:0:4::" in inside.value.hint
    allocate(Wish(Family.ipv6), actor=PLATFORM)
    with pytest.raises(Problem) as used:
        writer_of(IPv6Range).update(pool, actor=PLATFORM, values={"target": 56})
    assert (used.value.code, used.value.field) == ("in_use", "target")
