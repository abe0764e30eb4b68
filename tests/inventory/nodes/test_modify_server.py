"""Modify server."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry
from flows.sdk import Json, Shape
from flows.sdk.testing import FakeContext, configured
from inventory.models import IPv4Address, IPv4Range, IPv6Range, Server
from inventory.nodes.modify_server import ModifyServer
from inventory.services.ipam import Family, Wish, allocate
from tests.inventory.hostnames import NO_HOSTNAMES
from tests.inventory.nodes.modifying import HA, all_of, failure, modify, network


def test_set_note(context: FakeContext, server: Server) -> None:
    assert modify(context, server, note="Mind the gap").note == "Mind the gap"


def test_set_hostname(context: FakeContext, server: Server) -> None:
    changed = modify(context, server, general_action="set-hostname", hostname="b.example.org")
    assert changed.hostname == "b.example.org"
    assert AuditEntry.objects.get().changes["hostname"] == ["web-1.example.org", "b.example.org"]


@pytest.mark.parametrize(("value", "stored"), [(42, 42), ("42", 42), (42.0, 42)])
def test_the_vlan_tag_goes_to_the_interface_with_the_lowest_number(
    context: FakeContext, server: Server, value: Json, stored: int
) -> None:
    server.interfaces.create(number=10, vlan_tag=5)
    server.interfaces.update(vlan_tag=5)
    modify(context, server, **network("change-vlan-tag", vlan_tag=value))
    assert [nic.vlan_tag for nic in server.interfaces.order_by("number")] == [stored, 5, 5]


@pytest.mark.parametrize(
    ("value", "stored"), [(100, "100"), (12.5, "12.5"), ("0.125", "0.125"), (" 7.5 ", "7.5")]
)
def test_the_rate_limit_goes_there_too_fractions_included(
    context: FakeContext, server: Server, value: Json, stored: str
) -> None:
    modify(context, server, **network("change-rate-limit", rate_limit=value))
    assert [nic.rate_limit for nic in server.interfaces.order_by("number")] == [Decimal(stored), None]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, "invalid"),
        (-1.5, "invalid"),
        ("0.0001", "invalid"),
        (10**11, "invalid"),
        ("fast", "not_a_number"),
        ("NaN", "not_a_number"),
        ("1e3", "not_a_number"),
        (True, "not_a_number"),
        ([1], "not_a_number"),
    ],
)
def test_a_rate_limit_has_bounds(context: FakeContext, furnished: Server, value: Json, code: str) -> None:
    before = all_of(furnished)
    config = network("change-rate-limit", rate_limit=value)
    assert failure(context, furnished, **config) == (code, "rate_limit")
    assert all_of(furnished) == before


@pytest.mark.parametrize("value", NO_HOSTNAMES)
def test_a_hostname_that_is_none_is_refused(context: FakeContext, furnished: Server, value: str) -> None:
    before = all_of(furnished)
    config = {"general_action": "set-hostname", "hostname": value}
    assert failure(context, furnished, **config) in (("invalid", "hostname"), ("missing_value", "hostname"))
    assert all_of(furnished) == before


def test_a_drawing_of_version_1_is_lifted_and_its_empty_fields_are_asked_about() -> None:
    lifted = ModifyServer().upgrade(1, {"server_id": 1, **HA, "ha_status": ""})
    assert lifted["ha_status"] == "none"
    for config in ({"note": ""}, network("change-vlan-tag", vlan_tag=""), {**HA, "group": ""}):
        drawn = configured(ModifyServer, ModifyServer().upgrade(1, {"server_id": 1, **config}))
        assert ModifyServer().check(drawn, Shape.object({})) != []


@pytest.mark.parametrize("tag", [0, 4095, -1, 10**12])
def test_a_vlan_tag_has_bounds(context: FakeContext, server: Server, tag: int) -> None:
    assert failure(context, server, **network("change-vlan-tag", vlan_tag=tag)) == ("invalid", "vlan_tag")


def test_a_server_without_an_interface_has_no_vlan_tag(context: FakeContext, server: Server) -> None:
    server.interfaces.all().delete()
    assert failure(context, server, **network("change-vlan-tag", vlan_tag=1))[0] == "no_interface"


def test_an_address_of_the_ipam_node_is_assigned(
    context: FakeContext, server: Server, pool: IPv4Range, pool6: IPv6Range, system: Actor
) -> None:
    v4 = allocate(Wish(Family.ipv4), actor=system)
    v6 = allocate(Wish(Family.ipv6), actor=system)
    modify(context, server, **network("assign-ipv4", ipv4_id=v4["id"]))
    context.idempotency_key = "another"
    changed = modify(context, server, **network("assign-ipv6", ipv6_id=v6["id"]))
    assert (changed.ip.ip, changed.ip6.ip) == (v4["ip"], v6["ip"])  # type: ignore[union-attr]


def test_an_address_is_not_taken_from_another_server(
    context: FakeContext, server: Server, address: IPv4Address
) -> None:
    Server.objects.create(tenant=server.tenant, user=server.user, vmid=101, hostname="other", ip=address)
    config = network("assign-ipv4", ipv4_id=address.pk)
    assert failure(context, server, **config) == ("address_taken", "ipv4_id")


@pytest.mark.usefixtures("pool")
def test_an_address_that_is_out_of_reach_is_unknown(
    context: FakeContext, server: Server, other_server: Server
) -> None:
    row = allocate(Wish(Family.ipv4), actor=Actor.system(other_server.tenant_id))
    config = network("assign-ipv4", ipv4_id=row["id"])
    assert failure(context, server, **config) == ("unknown_address", "ipv4_id")


def test_high_availability_sets_what_is_given_and_leaves_the_rest(
    context: FakeContext, server: Server
) -> None:
    ha = {**HA, "ha_status": "started"}
    changed = modify(context, server, **ha, group="fast", max_restart="3")
    assert (changed.ha_status, changed.ha_group) == ("started", "fast")
    assert (changed.max_relocate, changed.max_restart) == (1, 3)
    context.idempotency_key = "another"
    for tries in (-1, 11, "x"):
        assert failure(context, server, **ha, max_relocate=tries)[1] == "max_relocate"


def test_a_repeated_step_changes_once(context: FakeContext, server: Server) -> None:
    modify(context, server, note="first")
    Server.objects.update(note="by hand")
    assert modify(context, server, note="first").note == "by hand"


def test_another_tenants_or_a_deleted_server_is_unknown(
    context: FakeContext, server: Server, other_server: Server
) -> None:
    assert failure(context, other_server, note="x") == ("unknown_server", "server_id")
    Server.objects.update(deleted_at=server.created_at)
    assert failure(context, server, note="x") == ("unknown_server", "server_id")


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "note"),
        ({"general_action": "set-note", "note": "  "}, "note"),
        ({"general_action": "set-hostname"}, "hostname"),
        ({"component": "network"}, "vlan_tag"),
        (network("change-vlan-tag", vlan_tag=None), "vlan_tag"),
        (network("change-rate-limit"), "rate_limit"),
        (network("assign-ipv4"), "ipv4_id"),
        (network("assign-ipv6"), "ipv6_id"),
        ({"component": "high-availability"}, "ha_status"),
        ({"component": "high-availability", "group": " ", "max_restart": None}, "ha_status"),
    ],
)
def test_a_node_that_would_change_nothing_is_a_problem_of_the_drawing(
    config: dict[str, Any], field: str
) -> None:
    drawn = configured(ModifyServer, {"server_id": 1, **config})
    assert [problem[0] for problem in ModifyServer().check(drawn, Shape.object({}))] == [field]


@pytest.mark.parametrize(
    "config",
    [
        {"note": "x"},
        {"general_action": "clear-note"},
        network("remove-vlan-tag"),
        network("remove-rate-limit"),
        network("change-vlan-tag", vlan_tag="{{ tag }}"),
        {**HA, "max_restart": 0},
        {**HA, "clear_group": True},
        {**HA, "ha_status": "none"},
        {**HA, "group": "{{ group }}"},
    ],
)
def test_what_another_action_needs_is_not_asked_for(config: dict[str, Any]) -> None:
    drawn = configured(ModifyServer, {"server_id": 1, **config})
    assert ModifyServer().check(drawn, Shape.object({})) == []


def test_a_dry_run_shows_the_change() -> None:
    drawn = configured(ModifyServer, {"server_id": "7", **network("change-vlan-tag", vlan_tag=12)})
    assert ModifyServer().preview(drawn, {}) == {
        "modify_server": "7",
        "action": "change-vlan-tag",
        "vlan_tag": 12,
    }


def test_the_form_shows_only_the_fields_of_the_action() -> None:
    fields = ModifyServer.Config.model_json_schema()["properties"]
    assert fields["ipv4_id"]["x-ui"]["dependsOn"] == {
        "component": ["network"],
        "network_action": ["assign-ipv4"],
    }
