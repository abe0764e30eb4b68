"""The Zabbix credential."""

import asyncio

import pytest
from pydantic import ValidationError

from actions.credentials.zabbix import Zabbix, ZabbixFields
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, FakeNet

PSK = {"server": "zabbix", "encryption": "psk", "psk_identity": "hookflow", "psk": "ab" * 16}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {**PSK, "psk": ""},
        {**PSK, "psk_identity": ""},
        {**PSK, "psk": "secret"},
        {**PSK, "psk": "ab" * 8},
        {"server": "zabbix", "encryption": "certificate"},
        {"server": "zabbix", "port": 70_000},
    ],
)
def test_what_cannot_work_is_refused(fields):
    with pytest.raises(ValidationError):
        ZabbixFields(**fields)


def test_a_plain_connection_is_not_secured():
    assert ZabbixFields(server="zabbix", psk="ab" * 16).tls() is None


def test_a_pre_shared_key_secures_the_connection():
    tls = ZabbixFields(**PSK).tls()
    assert (tls.psk_identity, tls.psk) == ("hookflow", "ab" * 16)


def test_a_certificate_is_shown_with_its_key():
    fields = {"encryption": "certificate", "ca": "A", "certificate": "C", "key": "K", "server_name": "n"}
    tls = ZabbixFields(server="zabbix", **fields).tls()
    assert (tls.ca, tls.certificate, tls.key, tls.server_name, tls.verify) == ("A", "C", "K", "n", True)


@pytest.mark.parametrize(("server", "allowed"), [("zabbix", "zabbix:10051"), ("::1", "[::1]:10051")])
def test_it_may_be_used_at_its_trapper_alone(server, allowed):
    assert Zabbix().hosts(ZabbixFields(server=server)) == [allowed]


def test_its_test_sends_no_value():
    body = b'{"response":"success","info":"processed: 0; failed: 0; total: 0"}'
    net = FakeNet([b"ZBXD\x01" + len(body).to_bytes(4, "little") + bytes(4) + body])
    assert "takes values" in asyncio.run(Zabbix().test(FakeContext(net=net), ZabbixFields(server="zabbix")))
    assert b'"data":[]' in net.sent[0]


def test_its_test_tells_that_another_program_answers():
    net = FakeNet([b"220 mail.example.org ESMTP\r\n"])
    with pytest.raises(NodeError) as caught:
        asyncio.run(Zabbix().test(FakeContext(net=net), ZabbixFields(server="zabbix")))
    assert caught.value.code == "bad_answer"
