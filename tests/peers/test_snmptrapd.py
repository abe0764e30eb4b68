"""SNMP: what was sent is in the log of snmptrapd."""

import itertools
import os
from pathlib import Path
from typing import Any

import pytest

from actions.credentials.snmp import SnmpFields
from actions.nodes.actions.snmp_trap import SnmpTrap
from flows.sdk import NodeError
from flows.sdk.testing import run_node
from tests.peers.peer import Peer
from tests.peers.reaching import reaching
from tests.peers.waiting import until

pytestmark = pytest.mark.usefixtures("loopback_allowed")

ENTERPRISE = "1.3.6.1.4.1.52312.1"
KEYS = {"auth_key": "auth-secret", "priv_key": "priv-secret"}
V3 = {"version": "v3", **KEYS, "auth_protocol": "sha", "priv_protocol": "aes"}
USERS: dict[str, dict[str, Any]] = {
    "auth-priv": {**V3, "user": "auth-priv"},
    "auth-sha256-aes256": {
        **V3,
        "user": "auth-sha256-aes256",
        "auth_protocol": "sha256",
        "priv_protocol": "aes256",
    },
    "auth-only": {**V3, "user": "auth-only", "level": "auth"},
    "no-auth": {**V3, "user": "no-auth", "level": "none"},
}
marks = (f"{os.getpid()}-{number}" for number in itertools.count())


def receiver(peer: Peer, **fields: Any) -> SnmpFields:
    known = {"community": peer["SNMP_COMMUNITY"], "engine_id": peer["SNMP_ENGINE_ID"]}
    return SnmpFields(**{"host": peer["SNMP_HOST"], "port": int(peer["SNMP_PORT"]), **known, **fields})


def line(peer: Peer, fields: SnmpFields, **config: Any) -> list[str]:
    """Send a notification; the parts of its line in the log: time, addresses, security, enterprise, numbers, rest."""
    mark = next(marks)
    named = {} if "named_by" in config else {"trap_oid": f"{ENTERPRISE}.0.5"}
    variables = [{"oid": f"{ENTERPRISE}.1.5", "value": mark}, *config.pop("variables", [])]
    drawn = {"credential": "noc", **named, **config, "variables": variables}
    run_node(SnmpTrap, drawn, context=reaching(noc=fields))
    log = Path(peer["SNMP_LOG"])
    return until(lambda: next((entry for entry in log.read_text().splitlines() if mark in entry), "")).split(
        "|"
    )


def test_v1_shows_enterprise_and_number(snmptrapd):
    found = line(snmptrapd, receiver(snmptrapd, version="v1"))
    assert found[2:5] == ["TRAP, SNMP v1, community public", f".{ENTERPRISE}", "6..5"]


def test_v1_shows_a_generic_trap_of_an_enterprise(snmptrapd):
    config = {"named_by": "enterprise", "enterprise": ENTERPRISE, "generic": "2"}
    assert line(snmptrapd, receiver(snmptrapd, version="v1"), **config)[3:5] == [f".{ENTERPRISE}", "2.0"]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("integer", -5, "INTEGER: -5"),
        ("text", "up", 'STRING: "up"'),
        ("hex", "de:ad:be:ef", "Hex-STRING: DE AD BE EF"),
        ("oid", "1.3.6.1", "OID: .1.3.6.1"),
        ("ip", "192.0.2.1", "IpAddress: 192.0.2.1"),
        ("counter32", 2**32 - 1, "Counter32: 4294967295"),
        ("gauge32", 7, "Gauge32: 7"),
        ("timeticks", 99, "= 99"),
        ("counter64", 2**64 - 1, "Counter64: 18446744073709551615"),
        ("opaque", "9f780442f60000", "Opaque: Float: 123"),
    ],
)
def test_every_type_arrives_as_itself(snmptrapd, kind, value, shown):
    variables = [{"oid": "1.3.6.1.2.1.1", "type": kind, "value": value}]
    assert shown in line(snmptrapd, receiver(snmptrapd), variables=variables)[5]


@pytest.mark.parametrize("kind", ["trap", "inform"])
@pytest.mark.parametrize("user", USERS)
def test_v3_is_let_in_at_every_level(snmptrapd, user, kind):
    found = line(snmptrapd, receiver(snmptrapd, **USERS[user]), kind=kind)
    assert found[2] == f"{'TRAP2' if kind == 'trap' else 'INFORM'}, SNMP v3, user {user}, context "


def test_an_inform_of_v2c_is_acknowledged(snmptrapd):
    assert line(snmptrapd, receiver(snmptrapd), kind="inform")[2] == "INFORM, SNMP v2c, community public"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({**USERS["auth-priv"], "auth_key": "wrong-secret"}, "snmp_refused"),
        ({**USERS["auth-priv"], "priv_key": "wrong-secret"}, "not_acknowledged"),
        ({**USERS["auth-priv"], "user": "nobody"}, "snmp_refused"),
        ({"community": "wrong"}, "not_acknowledged"),
    ],
)
def test_an_inform_that_is_not_let_in_fails_the_step(snmptrapd, fields, code):
    with pytest.raises(NodeError) as caught:
        line(snmptrapd, receiver(snmptrapd, **fields), kind="inform", seconds=1, repeats=0)
    assert caught.value.code == code
