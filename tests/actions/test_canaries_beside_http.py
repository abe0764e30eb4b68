"""As `test_canaries_of_connectors`, for connectors that speak no HTTP: mail, Zabbix and SNMP."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from actions.credentials.smtp import Smtp, SmtpFields
from actions.credentials.snmp import Snmp, SnmpFields
from actions.credentials.zabbix import Zabbix as ZabbixType
from actions.credentials.zabbix import ZabbixFields
from actions.nodes.actions.send_mail import SendMail
from actions.nodes.actions.snmp_trap import SnmpTrap
from actions.nodes.actions.zabbix import Zabbix
from flows.sdk.testing import configured
from tests.support.canaries import CANARY, HEADER_CANARY, RECORD, Trial, check, forms
from tests.support.certificates import self_signed
from tests.support.echo_server import MAIL_FAILURES, TRAPPER_FAILURES, Told, closed_port, echoing_lines

pytestmark = pytest.mark.usefixtures("loopback_allowed")

PAIR = self_signed("localhost")
PSK = "c4" * 32
SECONDS, SHORT = 5.0, 0.5
NOT_AT_THE_TEST = {"at MAIL", "at RCPT", "at DATA"}


@pytest.fixture(scope="module")
def lines() -> Iterator[tuple[int, Told]]:
    with echoing_lines() as served:
        yield served


def smtp(port: int, security: str = "none") -> SmtpFields:
    return SmtpFields(
        host="127.0.0.1", port=port, security=security, user="ops", password=CANARY, sender="a@b.example"
    )


async def both(kind: Any, fields: Any, node: Any, config: dict[str, Any], *, may_test: bool) -> str:
    """What is wrong after the credential's test and a run of the node."""
    ready = configured(node, {"credential": "c", **config})
    trial = Trial(kind, fields, SECONDS)
    wrong = await check(trial, "test", lambda ctx: kind.test(ctx, fields), may_work=may_test)
    return wrong + await check(trial, "run", lambda ctx: node().run(ctx, ready, RECORD), may_work=False)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail servers are waited for half a second."""
    made = SmtpFields.server
    monkeypatch.setattr(SmtpFields, "server", lambda fields: replace(made(fields), timeout=SHORT))


MAIL = {"to": ["ops@example.org"], "subject": "x", "content": "x"}


@pytest.mark.parametrize("failure", MAIL_FAILURES)
async def test_a_mail_server_that_quotes_all_gets_no_canary_kept(
    failure: str, lines: tuple[int, Told], patient: None
) -> None:
    port, told = lines
    told.failure = failure
    may_test = failure in NOT_AT_THE_TEST
    assert await both(Smtp(), smtp(port), SendMail, MAIL, may_test=may_test) == ""


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_mail_server_without_the_encryption_that_was_asked_for(
    security: str, lines: tuple[int, Told], patient: None
) -> None:
    port, told = lines
    told.failure = "at nothing"
    told.received.clear()
    fields = smtp(port, security)
    assert await both(Smtp(), fields, SendMail, MAIL, may_test=False) == ""
    assert not [form for form in forms(fields) if form in "".join(told.received)]


def trapper(port: int, encryption: str) -> ZabbixFields:
    more = {
        "none": {},
        "psk": {"psk_identity": "hookflow", "psk": PSK},
        "certificate": {"ca": PAIR.certificate, "certificate": PAIR.certificate, "key": PAIR.key},
    }
    return ZabbixFields(server="127.0.0.1", port=port, encryption=encryption, **more[encryption])


@pytest.mark.parametrize("encryption", ["none", "psk", "certificate"])
@pytest.mark.parametrize("failure", [*TRAPPER_FAILURES, "nobody there"])
async def test_a_trapper_that_fails_gets_no_canary_kept(
    failure: str, encryption: str, lines: tuple[int, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.credentials.zabbix.TEST_SECONDS", SHORT)
    port, told = lines
    told.failure = failure
    fields = trapper(closed_port() if failure == "nobody there" else port, encryption)
    config = {"host": "web-1", "values": [{"key": "load", "value": "1"}], "timeout": "500ms"}
    assert await both(ZabbixType(), fields, Zabbix, config, may_test=False) == ""


SNMP = {
    "v2c": {"version": "v2c", "community": CANARY},
    "v3": {"version": "v3", "user": "ops", "auth_key": CANARY, "priv_key": HEADER_CANARY},
}
INFORM = {"kind": "inform", "trap_oid": "1.3.6.1.4.1.52312.1.0.5", "seconds": 1, "repeats": 0}


@pytest.mark.parametrize("version", ["v2c", "v3"])
async def test_an_inform_that_nobody_takes_gets_no_canary_kept(version: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        fields = SnmpFields(host="127.0.0.1", port=silent.getsockname()[1], **SNMP[version])
        assert await both(Snmp(), fields, SnmpTrap, INFORM, may_test=True) == ""
