"""Notifications of life-cycle events are those of the original, byte for byte."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.credentials.snmp import SnmpFields
from actions.services.snmp_message import trap_v2c
from flows.sdk import NodeError
from flows.sdk.life_cycle import LIFE_CYCLE_EVENTS
from flows.sdk.testing import FakeContext, FakeNet
from hooks.services import traps
from hooks.services.traps import (
    MOST_NAME_OCTETS,
    MOST_OCTETS,
    OBJECTS,
    TOO_LONG,
    Destination,
    notification_of,
)
from tests.actions.services.test_snmp_message import by_pysnmp

CONTEXT = {
    "event_type": "workflow_started",
    "execution_id": "e1",
    "workflow_id": "install",
    "tenant_name": "default_tenant",
    "deployment_id": "dep1",
    "timestamp": "2024-01-02T03:04:05Z",
    "execution_parameters": {},
    "arguments": None,
}
VECTOR = (
    "3081d2020101040d74657374636f6d6d756e697479a781bd0201010201000201003081b1300d06082b06010201010300430100301906"
    "0a2b060106030101040100060b2b060104018398580100023011060b2b06010401839858010105040265313016060b2b060104018398"
    "580101040407696e7374616c6c301d060b2b06010401839858010103040e64656661756c745f74656e616e743013060b2b0601040183"
    "98580101020404646570313013060b2b06010401839858010101460465937d253011060b2b0601040183985801010604027b7d"
)
"""What pysnmp 4.4.12 makes of the context above, with request id 1 and no time since the start."""
ORDER = [5, 4, 3, 2, 1, 6]
JSON = st.dictionaries(st.text(max_size=9), st.none() | st.integers() | st.text(max_size=99), max_size=6)


def values(**changed: object) -> dict[str, object]:
    return {OBJECTS[entry.oid]: entry.value for entry in notification_of({**CONTEXT, **changed}).variables}


def failed(error: str | None) -> bytes:
    arguments = None if error is None else {"error": error}
    value = values(event_type="workflow_failed", arguments=arguments)["cloudifyErrorDetails"]
    assert isinstance(value, bytes)
    return value


@pytest.mark.parametrize("encode", [trap_v2c, by_pysnmp])
def test_the_message_is_that_of_the_original_byte_for_byte(encode):
    found = notification_of(CONTEXT)
    made = encode(b"testcommunity", found.trap_oid, list(found.variables), request_id=1, ticks=0)
    assert made.hex() == VECTOR


@pytest.mark.parametrize(
    ("event", "number"),
    [
        ("workflow_queued", 1),
        ("workflow_started", 2),
        ("workflow_succeeded", 3),
        ("workflow_cancelled", 4),
        ("workflow_failed", 5),
    ],
)
def test_each_event_has_its_notification_and_its_objects_in_order(event, number):
    found = notification_of({**CONTEXT, "event_type": event})
    assert found.trap_oid == f"1.3.6.1.4.1.52312.1.0.{number}"
    order = [*ORDER, 7] if event == "workflow_failed" else ORDER
    assert [entry.oid for entry in found.variables] == [f"1.3.6.1.4.1.52312.1.1.{place}" for place in order]


def test_the_time_is_whole_seconds_of_utc():
    assert values(timestamp="2024-01-02T03:04:05.999Z")["cloudifyTimeStamp"] == 1704164645
    assert values(timestamp="2024-01-02T04:04:05+01:00")["cloudifyTimeStamp"] == 1704164645
    assert values(timestamp="1969-12-31T00:00:00Z")["cloudifyTimeStamp"] == 0


@pytest.mark.parametrize("timestamp", [None, "", "yesterday", "2024-01-02T03:04:05", 17, {}])
def test_a_timestamp_that_is_no_moment_is_named(timestamp):
    with pytest.raises(NodeError, match="timestamp") as caught:
        values(timestamp=timestamp)
    assert caught.value.code == "bad_value"


@pytest.mark.parametrize(
    "record", [{}, {"event_type": "server.created"}, {"event_type": None}, {"event_type": []}]
)
def test_a_record_of_something_else_is_refused(record):
    with pytest.raises(NodeError) as caught:
        notification_of({**CONTEXT, "event_type": None, **record})
    assert caught.value.code == "no_life_cycle_event"


def test_what_is_not_there_is_empty():
    found = values(deployment_id=None, execution_parameters=None, tenant_name=None)
    assert (found["cloudifyDeploymentID"], found["cloudifyTenantName"]) == (b"", b"")
    assert found["cloudifyWorkflowParameters"] == b"{}"
    assert failed(None) == b""


def test_parameters_are_written_as_python_writes_json():
    found = values(execution_parameters={"a": [1, {"b": "é"}], "c": None})
    assert found["cloudifyWorkflowParameters"] == b'{"a": [1, {"b": "\\u00e9"}], "c": null}'


@pytest.mark.parametrize(("size", "is_kept"), [(512, True), (513, False)])
def test_parameters_over_512_bytes_say_so_instead(size, is_kept):
    parameters = {"a": "x" * (size - len('{"a": ""}'))}
    found = json.loads(values(execution_parameters=parameters)["cloudifyWorkflowParameters"])
    assert found == (parameters if is_kept else {"parameters_too_long": TOO_LONG})


LONG = "x" * 600


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("ü" * 256, "ü" * 256),
        (f"Traceback:\n{LONG}\nValueError: no\n", "ValueError: no"),
        (f"{LONG}\nbefore\nafter", "before"),
        (f"before\n{LONG}", "before"),
        (f"{LONG}\nValueError: no\n\n", "ValueError: no"),
        (f"{LONG}\n   \nlast", "last"),
        (LONG, "x" * 512),
        (f"{LONG}\n{LONG}\n", "x" * 512),
        ("ü" * 257, "ü" * 256),
        ("x" + "ü" * 256, "x" + "ü" * 255),
    ],
)
def test_of_a_long_error_its_last_line_but_one_is_sent_as_far_as_it_fits(text, sent):
    assert failed(text) == sent.encode()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    event=st.sampled_from(LIFE_CYCLE_EVENTS),
    texts=st.tuples(*[st.none() | st.text(max_size=40)] * 4),
    parameters=JSON,
    error=st.text(max_size=99),
)
def test_whatever_happened_fits_the_mib(event, texts, parameters, error):
    names = ("execution_id", "workflow_id", "tenant_name", "deployment_id")
    found = values(
        **dict(zip(names, (text and text * 20 for text in texts), strict=True)),
        event_type=event,
        execution_parameters=parameters,
        arguments={"error": error * 40},
    )
    assert ("cloudifyErrorDetails" in found) == (event == "workflow_failed")
    for name, value in found.items():
        if isinstance(value, bytes):
            is_long = name in ("cloudifyWorkflowParameters", "cloudifyErrorDetails")
            assert len(value) <= (MOST_OCTETS if is_long else MOST_NAME_OCTETS)
            assert value.decode() or value == b""
    json.loads(found["cloudifyWorkflowParameters"])


@pytest.fixture
def sent(monkeypatch):
    """What was sent, as (address, fields, notification)."""
    out = []

    async def take(*told, port):
        out.append(told)

    monkeypatch.setattr(traps, "send_soon", take)
    return out


INPUTS = {"destination_address": "10.239.0.109", "destination_port": 162, "community_string": "testcommunity"}


async def test_the_originals_function_sends_v2c_to_what_its_inputs_name(sent):
    ctx = FakeContext()
    await traps.send_snmp_trap(ctx, CONTEXT, INPUTS)
    [(_, target, notification)] = sent
    assert (ctx.net.targets, target.version, target.community) == (
        [("10.239.0.109", 162)],
        "v2c",
        "testcommunity",
    )
    assert notification == notification_of(CONTEXT)
    assert ctx.log.text == "Sent SNMP trap of the event: workflow_started and the execution_id: e1"


@pytest.mark.parametrize("name", INPUTS)
async def test_an_input_that_is_missing_is_named_as_the_original_names_it(sent, name):
    with pytest.raises(NodeError, match=f"KeyError: '{name}'") as caught:
        await traps.send_snmp_trap(FakeContext(), CONTEXT, {**INPUTS, name: None})
    assert (caught.value.code, sent) == ("missing_input", [])


@pytest.mark.parametrize("port", ["162", 0, 70_000, True, 1.5])
async def test_a_port_is_a_number(sent, port):
    with pytest.raises(NodeError, match="destination_port"):
        await traps.send_snmp_trap(FakeContext(), CONTEXT, {**INPUTS, "destination_port": port})


async def test_an_address_that_is_none_is_refused_in_words(sent):
    with pytest.raises(NodeError) as caught:
        await traps.send_snmp_trap(FakeContext(), CONTEXT, {**INPUTS, "destination_address": "x" * 300})
    assert caught.value.code == "bad_value"


async def test_a_credential_is_told_to_its_own_receivers_alone(sent):
    noc = SnmpFields(host="noc.example.org", community="secret-word", others=("backup.example.org:162",))
    for address in ("noc.example.org", "backup.example.org"):
        await traps.send_to(FakeContext(), Destination.of(noc, address), notification_of(CONTEXT))
    with pytest.raises(NodeError) as caught:
        await traps.send_to(FakeContext(), Destination.of(noc, "evil.example.org"), notification_of(CONTEXT))
    assert (caught.value.code, len(sent)) == ("host_not_allowed", 2)
    with pytest.raises(NodeError):
        await traps.send_to(FakeContext(), Destination.of(noc, port=9), notification_of(CONTEXT))


async def test_an_address_that_may_not_be_reached_gets_nothing(sent):
    ctx = FakeContext(net=FakeNet([NodeError("address_refused", "Not allowed.")]))
    with pytest.raises(NodeError):
        await traps.send_snmp_trap(ctx, CONTEXT, INPUTS)
    assert sent == []
