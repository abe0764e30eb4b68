"""Zabbix: what was sent is in its history."""

import asyncio
import json
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from actions.credentials.zabbix import Zabbix as ZabbixCredential
from actions.credentials.zabbix import ZabbixFields
from actions.nodes.actions.zabbix import Zabbix
from flows.sdk import NodeError
from flows.sdk.testing import run_node
from tests.peers.peer import Peer
from tests.peers.reaching import reaching
from tests.peers.waiting import until

pytestmark = pytest.mark.usefixtures("loopback_allowed")

HISTORY = {"float": 0, "character": 1, "log": 2, "unsigned": 3, "text": 4}
KEYS = {kind: f"test.{'char' if kind == 'character' else kind}" for kind in HISTORY}


class Api:
    """The web API of the peer."""

    def __init__(self, peer: Peer) -> None:
        self.url = f"{peer['ZABBIX_API_URL']}/api_jsonrpc.php"
        self.token: str | None = None
        sign_in = {"username": peer["ZABBIX_API_USER"], "password": peer["ZABBIX_API_PASSWORD"]}
        self.token = self.call("user.login", sign_in)

    def call(self, method: str, params: object) -> Any:
        body = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
        if self.token:
            body["auth"] = self.token
        headers = {"Content-Type": "application/json-rpc"}
        request = urllib.request.Request(self.url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["result"]

    def last(self, host: str, kind: str) -> tuple[str, int] | None:
        """The newest value of that type, and its moment."""
        items = self.call("item.get", {"host": host, "filter": {"key_": KEYS[kind]}, "output": ["itemid"]})
        asked = {
            "itemids": items[0]["itemid"],
            "history": HISTORY[kind],
            "sortfield": "clock",
            "sortorder": "DESC",
        }
        found = self.call("history.get", {**asked, "limit": 1, "output": "extend"})
        return (found[0]["value"], int(found[0]["clock"])) if found else None


def credential(peer: Peer, **fields: Any) -> ZabbixFields:
    return ZabbixFields(server=peer["ZABBIX_SERVER"], port=int(peer["ZABBIX_PORT"]), **fields)


def psk(peer: Peer) -> ZabbixFields:
    key = {"psk_identity": peer["ZABBIX_PSK_IDENTITY"], "psk": peer["ZABBIX_PSK"]}
    return credential(peer, encryption="psk", **key)


def certificate(peer: Peer) -> ZabbixFields:
    named = {"ca": "ZABBIX_CA", "certificate": "ZABBIX_CERTIFICATE", "key": "ZABBIX_KEY"}
    texts = {field: Path(peer[name]).read_text() for field, name in named.items()}
    return credential(peer, encryption="certificate", **texts)


SIGN_IN = {"plain": credential, "secret": psk, "certified": certificate}


def send(fields: ZabbixFields, host: str, kind: str, value: object, **more: Any) -> Any:
    values = [{"key": KEYS[kind], "type": kind, "value": value, **more}]
    return run_node(Zabbix, {"credential": "z", "host": host, "values": values}, context=reaching(z=fields))


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("float", 12.5, "12.5"),
        ("unsigned", 2**64 - 1, "18446744073709551615"),
        ("character", "Grüße", "Grüße"),
        ("text", {"a": 1}, '{"a": 1}'),
        ("log", "line 1\nline 2", "line 1\nline 2"),
    ],
)
@pytest.mark.parametrize("host", SIGN_IN)
def test_a_value_of_each_type_arrives_plain_and_with_a_key(zabbix, host, kind, value, kept):
    fields = SIGN_IN[host](zabbix)
    moment = int(time.time()) - 5
    answer = send(fields, host, kind, value, timestamp=str(moment))
    assert answer.record["zabbix"] == {"processed": 1, "failed": 0, "refused": []}
    api = Api(zabbix)
    assert until(lambda: (found := api.last(host, kind)) and found[1] == moment and found[0]) == kept


@pytest.mark.parametrize(
    ("host", "kind", "value"), [("plain", "float", "1"), ("unknown", "float", "1"), ("secret", "float", "1")]
)
def test_a_value_that_is_not_taken_fails_the_step(zabbix, host, kind, value):
    """A key that is not there, a host that is not there, a host that wants encryption."""
    more = {"key": "no.such.key"} if host == "plain" else {}
    with pytest.raises(NodeError) as caught:
        send(credential(zabbix), host, kind, value, **more)
    assert caught.value.code == "values_refused"


@pytest.mark.parametrize("change", [{"psk": "00" * 32}, {"psk_identity": "nobody"}])
def test_another_key_is_not_let_in(zabbix, change):
    with pytest.raises(NodeError) as caught:
        send(psk(zabbix).model_copy(update=change), "secret", "float", 1)
    assert caught.value.code in ("tls_failed", "unreachable")


def test_a_server_whose_certificate_is_not_trusted_gets_nothing(zabbix):
    with pytest.raises(NodeError) as caught:
        send(certificate(zabbix).model_copy(update={"ca": ""}), "certified", "float", 1)
    assert caught.value.code == "tls_failed"


def test_another_certificate_is_not_let_in(zabbix):
    strange = {"certificate": Path(zabbix["ZABBIX_CA"]).read_text()}
    strange["key"] = (Path(zabbix["ZABBIX_CA"]).parent / "key.pem").read_text()
    with pytest.raises(NodeError) as caught:
        send(certificate(zabbix).model_copy(update=strange), "certified", "float", 1)
    assert caught.value.code in ("tls_failed", "unreachable")


@pytest.mark.parametrize("host", SIGN_IN)
def test_the_credential_is_tested_without_a_value(zabbix, host):
    fields = SIGN_IN[host](zabbix)
    assert "takes values" in asyncio.run(ZabbixCredential().test(reaching(), fields))
