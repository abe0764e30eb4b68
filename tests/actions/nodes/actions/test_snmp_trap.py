"""SNMP trap."""

import pytest

from actions.credentials.snmp import SnmpFields
from actions.nodes.actions import snmp_trap
from actions.nodes.actions.snmp_trap import SnmpTrap
from flows.sdk import Emit, NodeError, Shape
from flows.sdk.testing import FakeContext, FakeNet, configured, run_node

TRAP = {"credential": "noc", "trap_oid": ".1.3.6.1.4.1.52312.1.0.5"}
NAME = {"oid": "1.3.6.1.4.1.52312.1.1.5", "value": "run 1"}
BY_ENTERPRISE = {"credential": "noc", "named_by": "enterprise", "enterprise": "1.3.6.1.4.1.52312.1"}


@pytest.fixture
def sent(monkeypatch):
    """What was sent, as (address, fields, notification)."""
    out = []
    monkeypatch.setattr(snmp_trap.snmp, "send", lambda *told: out.append(told))
    return out


def context(**fields):
    noc = SnmpFields(**{"host": "noc.example.org", "community": "public", **fields})
    return FakeContext(credentials={"noc": noc})


def test_a_trap_goes_to_the_checked_address_and_the_record_goes_on(sent):
    ctx = context(port=1162)
    assert run_node(SnmpTrap, {**TRAP, "variables": [NAME]}, {"id": 1}, context=ctx) == Emit("out", {"id": 1})
    [(address, target, notification)] = sent
    assert (address, target.community, ctx.net.targets) == (
        "192.0.2.1",
        "public",
        [("noc.example.org", 1162)],
    )
    assert (notification.trap_oid, notification.is_inform) == ("1.3.6.1.4.1.52312.1.0.5", False)
    assert [entry.value for entry in notification.variables] == [b"run 1"]


def test_a_receiver_inside_is_refused_before_anything_is_sent(sent):
    ctx = context()
    ctx.net = FakeNet([NodeError("address_refused", "Not allowed.")])
    with pytest.raises(NodeError) as caught:
        run_node(SnmpTrap, TRAP, context=ctx)
    assert (caught.value.code, sent) == ("address_refused", [])


def test_an_inform_has_its_own_patience(sent):
    run_node(SnmpTrap, {**TRAP, "kind": "inform", "seconds": 2, "repeats": 3}, context=context())
    notification = sent[0][2]
    assert (notification.is_inform, notification.seconds, notification.repeats) == (True, 2, 3)


def test_enterprise_and_number_make_the_name(sent):
    run_node(SnmpTrap, {**BY_ENTERPRISE, "specific": "7", "agent_address": "192.0.2.9"}, context=context())
    notification = sent[0][2]
    assert notification.trap_oid == "1.3.6.1.4.1.52312.1.0.7"
    assert [entry.value for entry in notification.variables] == ["192.0.2.9"]


def test_a_generic_trap_tells_its_enterprise_beside(sent):
    run_node(SnmpTrap, {**BY_ENTERPRISE, "generic": "2"}, context=context())
    notification = sent[0][2]
    assert notification.trap_oid == "1.3.6.1.6.3.1.1.5.3"
    assert [entry.value for entry in notification.variables] == ["1.3.6.1.4.1.52312.1"]


@pytest.mark.parametrize(
    ("config", "code", "field"),
    [
        ({**TRAP, "trap_oid": "linkDown"}, "bad_oid", "trap_oid"),
        ({**TRAP, "variables": [{**NAME, "oid": "x"}]}, "bad_oid", "variables.0.oid"),
        ({**TRAP, "variables": [{**NAME, "type": "ip"}]}, "bad_value", "variables.0.value"),
        ({**BY_ENTERPRISE, "agent_address": "::1"}, "bad_value", "agent_address"),
        ({**BY_ENTERPRISE, "specific": -1}, "bad_value", "specific"),
    ],
)
def test_what_cannot_be_sent_fails_at_its_field(sent, config, code, field):
    with pytest.raises(NodeError) as caught:
        run_node(SnmpTrap, config, context=context())
    assert (caught.value.code, caught.value.field, sent) == (code, field, [])


def test_a_notification_without_a_name_is_a_problem():
    found = SnmpTrap().check(configured(SnmpTrap, {"credential": "noc"}), Shape.object({}))
    assert [entry[0] for entry in found] == ["trap_oid"]


def test_a_dry_run_shows_the_notification():
    shown = SnmpTrap().preview(configured(SnmpTrap, {**TRAP, "variables": [NAME]}), {})
    assert shown["variables"] == [{**NAME, "type": "text"}]


def test_the_canvas_tells_what_is_sent():
    assert SnmpTrap().summary(configured(SnmpTrap, TRAP)) == "trap .1.3.6.1.4.1.52312.1.0.5"
