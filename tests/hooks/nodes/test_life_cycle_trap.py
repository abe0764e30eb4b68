"""Send life-cycle trap."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest

from actions.credentials.snmp import SnmpFields
from flows.sdk import Emit, NodeError, Shape, Wake
from flows.sdk.testing import FakeContext, configured, resume_node, run_node
from hooks.nodes.life_cycle_trap import LifeCycleTrap
from hooks.services import traps
from tests.hooks.services.test_traps import CONTEXT

THREE = {"destinations": [{"credential": name} for name in ("one", "two", "three")]}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Receivers:
    """Takes what is sent; the names in `broken` fail, retryable or not."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.broken: dict[str, bool] = {}

    async def send(self, address, target, notification, *, port):
        await asyncio.sleep(0)
        if target.host in self.broken:
            raise NodeError("not_acknowledged", "No answer.", retryable=self.broken[target.host])
        self.told.append(target.host)


@pytest.fixture
def receivers(monkeypatch):
    found = Receivers()
    monkeypatch.setattr(traps, "send_soon", found.send)
    return found


def context():
    return FakeContext(
        credentials={
            name: SnmpFields(host=f"{name}.example.org", community="word") for name in ("one", "two", "three")
        }
    )


def failing(ctx, config=THREE, wake=None):
    turn = partial(run_node, LifeCycleTrap, config)
    if wake is not None:
        turn = partial(resume_node, LifeCycleTrap, config, wake)
    with pytest.raises(NodeError) as caught:
        turn(CONTEXT, context=ctx)
    return caught.value


def test_each_destination_is_told_and_the_record_goes_on(receivers):
    ctx = context()
    assert run_node(LifeCycleTrap, THREE, CONTEXT, context=ctx) == Emit("out", CONTEXT)
    assert receivers.told == ["one.example.org", "two.example.org", "three.example.org"]
    assert ctx.log.lines == [
        ("info", "Sent SNMP trap of the event: workflow_started and the execution_id: e1")
    ]


def test_one_that_fails_is_named_after_all_were_tried(receivers):
    receivers.broken = {"one.example.org": True}
    ctx = context()
    error = failing(ctx)
    assert receivers.told == ["two.example.org", "three.example.org"]
    assert (error.code, error.retryable, error.field) == ("not_all_sent", True, "destinations.0.credential")
    assert error.message == "1 of 3 destinations could not be told. one.example.org:162: No answer."
    assert error.output["not_told"] == [
        {"destination": "one.example.org:162", "code": "not_acknowledged", "message": "No answer."}
    ]
    assert ("warning", "one.example.org:162: No answer.") in ctx.log.lines


def test_the_next_try_tells_those_alone_that_were_not_told(receivers):
    receivers.broken = {"one.example.org": True, "two.example.org": True}
    error = failing(context())
    receivers.broken = {"two.example.org": True}
    receivers.told.clear()
    error = failing(context(), wake=Wake(error.keeps, NOW))
    assert (receivers.told, dict(error.keeps)) == (["one.example.org"], {"sent": [0, 2]})
    receivers.broken = {}
    wake = Wake(error.keeps, NOW)
    assert resume_node(LifeCycleTrap, THREE, wake, CONTEXT, context=context()) == Emit("out", CONTEXT)
    assert receivers.told == ["one.example.org", "two.example.org"]


def test_a_failure_that_stays_is_not_tried_again(receivers):
    receivers.broken = {"one.example.org": False}
    assert not failing(context()).retryable


def test_one_destination_fails_in_its_own_words(receivers):
    receivers.broken = {"one.example.org": True}
    error = failing(context(), {"destinations": [{"credential": "one"}]})
    assert (error.code, error.message) == ("not_acknowledged", "No answer.")


def test_nothing_is_said_to_be_sent_when_nothing_was(receivers):
    receivers.broken = dict.fromkeys(("one.example.org", "two.example.org", "three.example.org"), True)
    ctx = context()
    failing(ctx)
    assert "Sent SNMP trap" not in ctx.log.text


def test_another_address_needs_a_credential_that_names_it(receivers):
    config = {"destinations": [{"credential": "one", "address": "evil.example.org"}]}
    error = failing(context(), config)
    assert (error.code, error.field, receivers.told) == ("host_not_allowed", "destinations.0.credential", [])


def test_v1_cannot_tell_a_counter64():
    ctx = FakeContext(credentials={"one": SnmpFields(host="noc.example.org", version="v1", community="word")})
    error = failing(ctx, {"destinations": [{"credential": "one"}]})
    assert (error.code, error.field) == ("not_in_v1", "destinations.0.credential")


def test_a_dry_run_shows_the_notification_with_the_names_of_the_mib():
    shown = LifeCycleTrap().preview(configured(LifeCycleTrap, THREE), CONTEXT)
    assert shown["notification"] == "CLOUDIFY-MIB::cloudifyWorkflowStarted"
    assert shown["variables"][0] == {
        "name": "cloudifyExecutionID",
        "oid": "1.3.6.1.4.1.52312.1.1.5",
        "type": "text",
        "value": "e1",
    }
    assert shown["destinations"][0]["credential"] == "one"


def test_without_a_destination_there_is_a_problem():
    found = LifeCycleTrap().check(configured(LifeCycleTrap, {}), Shape.object({}))
    assert [entry[0] for entry in found] == ["destinations"]


def test_the_canvas_tells_who_is_told():
    assert LifeCycleTrap().summary(configured(LifeCycleTrap, THREE)) == "trap to one, two, three"
    assert LifeCycleTrap().summary(configured(LifeCycleTrap, {})) == "trap to nobody yet"


def test_addresses_are_told_without_waiting_and_one_datagram_does_for_a_credential(receivers, monkeypatch):
    sent = []
    monkeypatch.setattr(traps, "send_datagram", lambda *told: sent.append(told))
    known = SnmpFields(host="192.0.2.1", others=("192.0.2.1:163", "one.example.org:162"), community="word")
    places = [{"port": 162}, {"port": 163}, {"address": "one.example.org"}, {"address": "evil.example.org"}]
    config = {"destinations": [{"credential": "all", **place} for place in places]}
    error = failing(FakeContext(credentials={"all": known}), config)
    (first, port, datagram), second = sent
    assert (first, port, second) == ("192.0.2.1", 162, ("192.0.2.1", 163, datagram))
    assert receivers.told == ["192.0.2.1"], (
        "a name is looked up, and its receiver told with the others that wait"
    )
    assert (error.code, dict(error.keeps)) == ("not_all_sent", {"sent": [0, 1, 2]})


def test_a_full_line_fails_alone(monkeypatch):
    def send(address, port, datagram):
        if port == 162:
            raise NodeError("unreachable", "Full.", retryable=True)

    monkeypatch.setattr(traps, "send_datagram", send)
    known = SnmpFields(host="192.0.2.1", others=("192.0.2.1:163",), community="word")
    config = {"destinations": [{"credential": "all", "port": port} for port in (162, 163)]}
    assert dict(failing(FakeContext(credentials={"all": known}), config).keeps) == {"sent": [1]}
