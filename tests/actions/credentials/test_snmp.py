"""The SNMP credential."""

import pytest
from pydantic import ValidationError

from actions.credentials.snmp import Snmp, SnmpFields
from flows.sdk.testing import FakeContext

V3 = {"host": "noc", "version": "v3", "user": "ops", "auth_key": "auth-secret", "priv_key": "priv-secret"}


@pytest.mark.parametrize(
    "fields",
    [
        {"host": "noc"},
        {**V3, "user": ""},
        {**V3, "auth_key": ""},
        {**V3, "priv_key": ""},
        {**V3, "auth_key": "short"},
        {**V3, "engine_id": "80"},
        {**V3, "engine_id": "../../../etc"},
        {**V3, "port": 0},
    ],
)
def test_what_cannot_work_is_refused(fields):
    with pytest.raises(ValidationError):
        SnmpFields(**fields)


def test_keys_are_needed_for_the_chosen_level_only():
    assert SnmpFields(**{**V3, "level": "none", "auth_key": "", "priv_key": ""}).user == "ops"


def test_an_engine_id_may_be_written_with_colons():
    assert SnmpFields(**V3, engine_id="0x80:00:00:00:01:02").engine_id == "800000000102"


@pytest.mark.parametrize(("host", "allowed"), [("noc", "noc:162"), ("2001:db8::1", "[2001:db8::1]:162")])
def test_it_may_be_used_at_its_receiver_alone(host, allowed):
    assert Snmp().hosts(SnmpFields(host=host, community="public")) == [allowed]


def test_its_test_looks_the_receiver_up_and_sends_nothing():
    ctx = FakeContext()
    assert "192.0.2.1" in Snmp().test(ctx, SnmpFields(host="noc", community="public"))
    assert ctx.net.targets == [("noc", 162)]
