"""Notifications on the wire, and receivers that do not behave."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from pyasn1.codec.ber import decoder
from pysnmp.proto import api

from actions.credentials.snmp import SnmpFields
from actions.services.snmp import TRAP_ADDRESS, TRAP_ENTERPRISE, Notification, send
from actions.services.snmp_values import Variable, variable
from flows.sdk import NodeError

ENTERPRISE = "1.3.6.1.4.1.52312.1"
TRAP = f"{ENTERPRISE}.0.5"
TEXT = variable(f"{ENTERPRISE}.1.5", "text", "run 1", "f")


class Receiver:
    """A UDP socket; answers each datagram with what `answers` gives for it."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(5)
        self.port = self.socket.getsockname()[1]

    def one(self) -> bytes:
        return self.socket.recvfrom(65_535)[0]

    def answer(self, make: Callable[[bytes], list[bytes]], times: int = 1) -> None:
        def serve() -> None:
            for _ in range(times):
                datagram, sender = self.socket.recvfrom(65_535)
                for out in make(datagram):
                    self.socket.sendto(out, sender)

        threading.Thread(target=serve, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.socket.close()


def target(receiver: Receiver, **fields: object) -> SnmpFields:
    return SnmpFields(
        **{"host": "127.0.0.1", "port": receiver.port, "version": "v2c", "community": "public", **fields}
    )


def decoded(datagram: bytes) -> tuple[object, object]:
    """The module of its version, and the PDU."""
    module = api.PROTOCOL_MODULES[api.decodeMessageVersion(datagram)]
    message, _ = decoder.decode(datagram, asn1Spec=module.Message())
    return module, module.apiMessage.get_pdu(message)


def test_a_v2c_trap_holds_its_time_its_name_and_its_variables_in_order(receiver):
    send(
        "127.0.0.1",
        target(receiver),
        Notification(TRAP, [TEXT, variable("1.3.6.1.2.1", "ip", "192.0.2.1", "f")]),
    )
    module, pdu = decoded(receiver.one())
    bindings = [(str(oid), value) for oid, value in module.apiPDU.get_varbinds(pdu)]
    assert [oid for oid, _ in bindings] == [
        "1.3.6.1.2.1.1.3.0",
        "1.3.6.1.6.3.1.1.4.1.0",
        f"{ENTERPRISE}.1.5",
        "1.3.6.1.2.1",
    ]
    assert (str(bindings[1][1]), bytes(bindings[2][1])) == (TRAP, b"run 1")


def test_a_v1_trap_has_enterprise_generic_and_specific(receiver):
    send("127.0.0.1", target(receiver, version="v1"), Notification(TRAP, [TEXT]))
    module, pdu = decoded(receiver.one())
    trap = module.apiTrapPDU
    assert str(trap.get_enterprise(pdu)) == ENTERPRISE
    assert (int(trap.get_generic_trap(pdu)), int(trap.get_specific_trap(pdu))) == (6, 5)


def test_a_standard_v1_trap_keeps_its_enterprise_and_agent(receiver):
    extra = [Variable(TRAP_ADDRESS, "ip", "192.0.2.9"), Variable(TRAP_ENTERPRISE, "oid", ENTERPRISE)]
    send("127.0.0.1", target(receiver, version="v1"), Notification("1.3.6.1.6.3.1.1.5.3", [TEXT, *extra]))
    module, pdu = decoded(receiver.one())
    trap = module.apiTrapPDU
    assert (str(trap.get_enterprise(pdu)), int(trap.get_generic_trap(pdu))) == (ENTERPRISE, 2)
    assert trap.get_agent_address(pdu).prettyPrint() == "192.0.2.9"
    assert len(trap.get_varbinds(pdu)) == 1


def test_a_notification_goes_to_an_ipv6_address():
    found = Receiver("::1")
    send("::1", target(found), Notification(TRAP, [TEXT]))
    assert decoded(found.one())
    found.socket.close()


def test_an_inform_waits_for_its_acknowledgement(receiver):
    receiver.answer(
        lambda datagram: [datagram.replace(b"\xa6", b"\xa2", 1)]
    )  # the answer repeats the request
    send("127.0.0.1", target(receiver), Notification(TRAP, [TEXT], is_inform=True, seconds=3, repeats=0))


@pytest.mark.parametrize(
    "answers", [[], [b""], [b"\x30\x82\xff\xff"], [os.urandom(60)] * 50, [b"\x30\x80" * 2000]]
)
def test_an_inform_to_a_receiver_that_sends_nothing_sensible_ends_in_time(receiver, answers):
    receiver.answer(lambda datagram: answers, times=2)
    started = time.monotonic()
    with pytest.raises(NodeError) as caught:
        send(
            "127.0.0.1", target(receiver), Notification(TRAP, [TEXT], is_inform=True, seconds=0.3, repeats=1)
        )
    assert (caught.value.code, caught.value.retryable) == ("not_acknowledged", True)
    assert time.monotonic() - started < 15


@pytest.mark.parametrize(
    ("notification", "field"),
    [
        (Notification(TRAP, [TEXT], is_inform=True), "kind"),
        (Notification(TRAP, [variable("1.3.6", "counter64", 1, "f")]), "variables.0.type"),
    ],
)
def test_what_v1_has_not_is_refused(receiver, notification, field):
    with pytest.raises(NodeError) as caught:
        send("127.0.0.1", target(receiver, version="v1"), notification)
    assert (caught.value.code, caught.value.field) == ("not_in_v1", field)


def test_variables_that_do_not_fit_into_a_datagram_are_refused(receiver):
    with pytest.raises(NodeError) as caught:
        send(
            "127.0.0.1",
            target(receiver),
            Notification(TRAP, [variable("1.3.6", "text", "x" * 30_000, "f")] * 3),
        )
    assert (caught.value.code, caught.value.field) == ("value_too_long", "variables")


def test_nothing_is_left_open(receiver):
    send("127.0.0.1", target(receiver), Notification(TRAP, [TEXT]))
    before = len(os.listdir("/proc/self/fd"))
    send("127.0.0.1", target(receiver), Notification(TRAP, [TEXT]))
    assert len(os.listdir("/proc/self/fd")) == before
