"""The trapper protocol, with servers that do not keep to it."""

import asyncio
import gc
import json
import socket
import ssl
import struct
import threading
import zlib

import pytest

from actions.credentials.zabbix import ZabbixFields
from actions.services.zabbix import MAX_ANSWER, Item, exchange, is_taken, packet
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, FakeNet
from tests.support.certificates import self_signed

SERVER = ZabbixFields(server="zabbix.example.org")
ITEM = Item("web-1", "load", "0.5", 1_767_225_600)


def answer(body: object, flags: int = 1, length: int | None = None) -> bytes:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"ZBXD" + bytes([flags]) + struct.pack("<II", len(raw) if length is None else length, 0) + raw


def info(processed: int, failed: int) -> dict[str, str]:
    text = f"processed: {processed}; failed: {failed}; total: {processed + failed}; seconds spent: 0.000055"
    return {"response": "success", "info": text}


def sent_to(reply: bytes) -> tuple[bool, FakeNet]:
    net = FakeNet([reply])
    return asyncio.run(is_taken(FakeContext(net=net), SERVER, ITEM, 5)), net


def refusal(reply: bytes) -> tuple[str, bool]:
    with pytest.raises(NodeError) as caught:
        sent_to(reply)
    return caught.value.code, caught.value.retryable


def test_a_value_goes_out_behind_the_header():
    _, net = sent_to(answer(info(1, 0)))
    [message] = net.sent
    body = message[13:]
    assert message[:13] == b"ZBXD\x01" + struct.pack("<II", len(body), 0)
    assert json.loads(body) == {
        "request": "sender data",
        "data": [{"host": "web-1", "key": "load", "value": "0.5", "clock": 1_767_225_600}],
    }
    assert net.targets == [("zabbix.example.org", 10_051)]


@pytest.mark.parametrize(("failed", "is_one"), [(0, True), (1, False)])
def test_the_server_tells_whether_it_took_the_value(failed, is_one):
    assert sent_to(answer(info(1 - failed, failed)))[0] is is_one


def test_a_compressed_answer_is_unpacked():
    assert sent_to(answer(zlib.compress(json.dumps(info(1, 0)).encode()), flags=3))[0]


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        answer(b"not json"),
        answer([]),
        answer({"response": "success", "info": "all is well"}),
        answer({"response": "success"}),
        answer(b"", length=MAX_ANSWER + 1),
        answer(info(1, 0), flags=5),
        answer(b"damaged", flags=3),
        answer(zlib.compress(b" " * 10_000_000), flags=3),
        answer(b"[" * 60_000),
    ],
)
def test_an_answer_that_is_none_of_zabbix_is_a_bad_one(reply):
    assert refusal(reply) == ("bad_answer", False)


def test_a_server_that_takes_nothing_in_refused():
    assert refusal(answer({"response": "failed", "info": "standby"})) == ("refused", False)


@pytest.mark.parametrize("reply", [b"", b"ZBXD\x01", answer(info(1, 0))[:-3], answer(b"", length=50)])
def test_a_server_that_hangs_up_may_do_better_later(reply):
    assert refusal(reply) == ("unreachable", True)


async def test_a_server_that_says_nothing_is_left_in_time():
    class Silent(FakeNet):
        async def connect(self, host, port, *, tls=None):
            _, writer = await super().connect(host, port, tls=tls)
            return asyncio.StreamReader(), writer

    with pytest.raises(NodeError) as caught:
        await exchange(FakeContext(net=Silent()), SERVER, packet([ITEM]), 0.05)
    assert (caught.value.code, caught.value.retryable) == ("timed_out", True)


def test_a_secured_connection_is_let_go_without_a_farewell(tmp_path, recwarn):
    """A server that goes on talking would else keep it open beyond the end of the loop."""
    (tmp_path / "cert.pem").write_text((pair := self_signed("localhost")).certificate)
    (tmp_path / "key.pem").write_text(pair.key)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    theirs = ssl.create_default_context(cadata=pair.certificate)
    listening = socket.create_server(("localhost", 0))

    def serve():
        with ours.wrap_socket(listening.accept()[0], server_side=True) as connection:
            connection.recv(65_536)
            connection.sendall(answer(info(1, 0)))
            done.wait(20)

    class Secured(FakeNet):
        async def connect(self, host, port, *, tls=None):
            address = listening.getsockname()
            return await asyncio.open_connection(*address[:2], ssl=theirs, server_hostname="localhost")

    done = threading.Event()
    server = threading.Thread(target=serve)
    server.start()
    assert asyncio.run(is_taken(FakeContext(net=Secured()), SERVER, ITEM, 5))
    gc.collect()
    done.set()
    server.join()
    listening.close()
    assert [warning for warning in recwarn if "transport" in str(warning.message)] == []
