"""A trapper that lets in those alone who show a certificate."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from actions.credentials.zabbix import ZabbixFields
from actions.services.zabbix import Item, is_taken
from flows.runner.net import StepNet
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, FakeNet
from tests.common.egress.test_tls import server_context

pytestmark = pytest.mark.usefixtures("loopback_allowed")

ANSWER = json.dumps({"response": "success", "info": "processed: 1; failed: 0; total: 1"}).encode()


@asynccontextmanager
async def trapper(folder: Path) -> AsyncIterator[int]:
    context = server_context(folder)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(folder / "server.pem")

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"ZBXD\x01" + len(ANSWER).to_bytes(4, "little") + bytes(4) + ANSWER)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def sent(port: int, **fields: str) -> bool:
    ctx = FakeContext()
    ctx.net = cast("FakeNet", StepNet(10))
    server = ZabbixFields(
        server="127.0.0.1", port=port, encryption="certificate", server_name="localhost", **fields
    )
    return await is_taken(ctx, server, Item("web-1", "load", "1"), 5)


async def test_whoever_shows_it_is_heard(tmp_path):
    async with trapper(tmp_path) as port:
        pem = (tmp_path / "server.pem").read_text()
        assert await sent(port, ca=pem, certificate=pem, key=pem)


async def test_a_server_that_nobody_vouches_for_gets_nothing(tmp_path):
    async with trapper(tmp_path) as port:
        pem = (tmp_path / "server.pem").read_text()
        with pytest.raises(NodeError) as caught:
            await sent(port, certificate=pem, key=pem)
    assert caught.value.code == "tls_failed"


async def test_another_certificate_is_not_let_in(tmp_path):
    (tmp_path / "other").mkdir()
    server_context(tmp_path / "other")
    other = (tmp_path / "other" / "server.pem").read_text()
    async with trapper(tmp_path) as port:
        with pytest.raises(NodeError) as caught:
            await sent(port, ca=(tmp_path / "server.pem").read_text(), certificate=other, key=other)
    assert caught.value.code in ("tls_failed", "unreachable")


async def test_a_key_that_is_not_its_own_is_told(tmp_path):
    async with trapper(tmp_path) as port:
        with pytest.raises(NodeError) as caught:
            await sent(port, certificate="-----BEGIN", key="x")
    assert caught.value.code == "bad_certificate"
