"""Modify server changes nothing that was not asked for; emptying is a choice of its own."""

from decimal import Decimal
from typing import Any

import pytest

from flows.sdk import NodeError, Record
from flows.sdk.testing import FakeContext, run_node
from flows.testing import render
from inventory.models import Server
from inventory.nodes.modify_server import ModifyServer
from tests.inventory.nodes.modifying import EVERYTHING, HA, all_of, failure, modify, network

SETTERS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"general_action": "set-note"}, "note"),
    ({"general_action": "set-hostname"}, "hostname"),
    (network("change-vlan-tag"), "vlan_tag"),
    (network("change-rate-limit"), "rate_limit"),
    (network("assign-ipv4"), "ipv4_id"),
    (network("assign-ipv6"), "ipv6_id"),
    (HA, "group"),
    (HA, "max_relocate"),
    (HA, "max_restart"),
)


@pytest.mark.parametrize("record", [{"value": None}, {"value": ""}], ids=["null", "empty"])
@pytest.mark.parametrize(("config", "field"), SETTERS, ids=[field for _, field in SETTERS])
def test_a_value_that_renders_to_nothing_changes_nothing_and_fails(
    context: FakeContext, furnished: Server, config: dict[str, Any], field: str, record: Record
) -> None:
    before = all_of(furnished)
    drawn = {"server_id": furnished.pk, **config, field: "{{ value }}"}
    with pytest.raises(NodeError) as failed:
        run_node(ModifyServer, drawn, record, context=context, render=render)
    assert failed.value.code == "missing_value"
    assert all_of(furnished) == before


def test_a_null_among_other_settings_of_high_availability_fails_too(
    context: FakeContext, furnished: Server
) -> None:
    before = all_of(furnished)
    drawn = {"server_id": furnished.pk, **HA, "ha_status": "stopped", "group": "{{ value }}"}
    with pytest.raises(NodeError) as failed:
        run_node(ModifyServer, drawn, {"value": None}, context=context, render=render)
    assert (failed.value.code, failed.value.field) == ("missing_value", "group")
    assert "Clear the group" in failed.value.hint
    assert all_of(furnished) == before


@pytest.mark.parametrize("config", [{}, {"component": "network"}, HA], ids=["general", "network", "ha"])
def test_a_component_alone_changes_nothing(
    context: FakeContext, furnished: Server, config: dict[str, Any]
) -> None:
    before = all_of(furnished)
    assert failure(context, furnished, **config)[0] == "missing_value"
    assert all_of(furnished) == before


@pytest.mark.parametrize(
    ("config", "cleared"),
    [
        ({"general_action": "clear-note"}, {"note": ""}),
        ({**HA, "clear_group": True}, {"ha_group": ""}),
        ({**HA, "clear_group": True, "group": "left over"}, {"ha_group": ""}),
        ({**HA, "ha_status": "none"}, {"ha_status": ""}),
    ],
)
def test_clearing_is_a_choice_of_its_own_and_clears_nothing_else(
    context: FakeContext, furnished: Server, config: dict[str, Any], cleared: dict[str, Any]
) -> None:
    before = dict(zip(EVERYTHING, all_of(furnished), strict=False))
    modify(context, furnished, **config)
    assert dict(zip(EVERYTHING, all_of(furnished), strict=False)) == {**before, **cleared}


@pytest.mark.parametrize(
    ("action", "left"), [("remove-vlan-tag", (None, 12.5)), ("remove-rate-limit", (7, None))]
)
def test_tag_and_limit_are_taken_off_the_lowest_interface_alone(
    context: FakeContext, furnished: Server, action: str, left: tuple[Any, Any]
) -> None:
    modify(context, furnished, **network(action))
    assert all_of(furnished)[-1] == [left, (7, Decimal("12.5"))]
