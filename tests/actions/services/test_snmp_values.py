"""Typed values of notifications."""

import pytest

from actions.services.snmp_values import oid_of, variable
from flows.sdk import NodeError

OID = "1.3.6.1.4.1.52312.1.1.5"


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("text", "café", b"caf\xc3\xa9"),
        ("text", 5, b"5"),
        ("hex", "0xDE:ad be", b"\xde\xad\xbe"),
        ("opaque", "9f78", b"\x9f\x78"),
        ("integer", "-5", -5),
        ("counter32", 2**32 - 1, 2**32 - 1),
        ("gauge32", 1.0, 1),
        ("timeticks", 0, 0),
        ("counter64", 2**64 - 1, 2**64 - 1),
        ("oid", ".1.3.6.1", "1.3.6.1"),
        ("ip", "192.0.2.1", "192.0.2.1"),
    ],
)
def test_a_value_is_read_as_its_type(kind, value, read):
    assert variable(OID, kind, value, "variables.0").value == read


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", {"a": 1}),
        ("text", None),
        ("text", "x" * 40_000),
        ("hex", "abc"),
        ("hex", "zz"),
        ("integer", 2**31),
        ("integer", 1.5),
        ("counter32", -1),
        ("counter64", 2**64),
        ("ip", "2001:db8::1"),
        ("ip", "host.example.org"),
    ],
)
def test_a_value_that_its_type_cannot_hold_is_refused_at_its_field(kind, value):
    with pytest.raises(NodeError) as caught:
        variable(OID, kind, value, "variables.3")
    assert (caught.value.code, caught.value.field) == ("bad_value", "variables.3.value")


@pytest.mark.parametrize(
    "text", ["", "1", "1.x", "3.1", "1.40", "1.3.4294967296", "sysUpTime.0", "1..3", "1.3." + "1." * 200]
)
def test_what_is_no_oid_is_refused(text):
    with pytest.raises(NodeError) as caught:
        oid_of(text, "trap_oid")
    assert caught.value.code == "bad_oid"


def test_a_leading_dot_belongs_to_no_oid():
    assert oid_of(" .1.3.6.1.4.1 ", "f") == "1.3.6.1.4.1"
