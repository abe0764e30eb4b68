"""IPAM."""

from typing import Any

import pytest

from accounts.models import Tenant, User
from flows.sdk import Emit, Json, NodeError, Shape
from flows.sdk.testing import FakeContext, configured, run_node
from inventory.models import AppliedEffect, IPv4Address, IPv4Range, IPv6Range
from inventory.nodes.ipam import Ipam


def allocated(context: FakeContext, **config: Any) -> Json:
    return run_node(Ipam, config, {"id": 1}, context=context).record["ip"]  # type: ignore[union-attr]


@pytest.fixture
def context(tenant: Tenant) -> FakeContext:
    return FakeContext(tenant_id=tenant.pk)


def test_the_record_gets_an_address_as_its_shape_says(context: FakeContext, pool: IPv4Range) -> None:
    address = allocated(context)
    shape = Ipam().fields(configured(Ipam, {}), Shape.object({}))["out"].at("ip")
    assert list(shape.fields) == list(address)  # type: ignore[union-attr]
    assert address["ip"] == "192.0.2.2"
    assert context.log.lines == [("info", "Allocated 192.0.2.2.")]


def test_a_repeated_step_gets_the_same_address(context: FakeContext, pool: IPv4Range) -> None:
    assert allocated(context) == allocated(context)
    assert IPv4Address.objects.count() == AppliedEffect.objects.count() == 1
    context.idempotency_key = "another"
    assert allocated(context)["ip"] == "192.0.2.3"


@pytest.mark.usefixtures("pool6")
def test_ipv6_gives_a_subnet(context: FakeContext) -> None:
    address = allocated(context, family="ipv6")
    assert (address["ip"], address["subnet"]) == ("2001:db8:0:1000::", 64)


def test_an_exhausted_pool_fails_clearly_and_a_later_try_can_succeed(context: FakeContext) -> None:
    with pytest.raises(NodeError) as failed:
        allocated(context, node="pve1")
    assert (failed.value.code, failed.value.message) == (
        "pool_exhausted",
        "No IPv4 address is free for node pve1.",
    )
    assert not AppliedEffect.objects.exists()
    IPv4Range.objects.create(start="10.0.0.1", end="10.0.0.1", subnet=24)
    assert allocated(context, node="pve1")["ip"] == "10.0.0.1"


@pytest.mark.usefixtures("pool")
def test_the_user_must_be_of_the_tenant(context: FakeContext, customer: User, other_customer: User) -> None:
    assert allocated(context, user_id=str(customer.pk))["in_use"] == 1
    context.idempotency_key = "another"
    for user_id, code in ((other_customer.pk, "unknown_user"), ("x", "not_a_number")):
        with pytest.raises(NodeError) as failed:
            allocated(context, user_id=user_id)
        assert (failed.value.code, failed.value.field) == (code, "user_id")


@pytest.mark.usefixtures("pool")
def test_a_dry_run_takes_nothing(context: FakeContext) -> None:
    context.is_dry_run = True
    assert allocated(context)["ip"] == "192.0.2.2"
    assert not IPv4Address.objects.exists()
    for family in ("ipv4", "ipv6"):
        config = configured(Ipam, {"family": family, "node": "pve1"})
        assert Ipam().preview(config, {}) == {"allocate": family, "node": "pve1", "user_id": None}
        answer = Ipam().dry_run_result(config, {})
        assert isinstance(answer, Emit)
        assert set(answer.record["ip"]) == {"id", "ip", "fk_ipam", "mac", "in_use", "subnet", "gateway"}


def test_ranges_of_another_tenant_are_not_taken_from(
    context: FakeContext, other_tenant: Tenant, pool6: IPv6Range
) -> None:
    IPv6Range.objects.update(tenant=other_tenant)
    with pytest.raises(NodeError):
        allocated(context, family="ipv6")
