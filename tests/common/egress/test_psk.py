"""Streams that a pre-shared key secures; the other side is OpenSSL's own server."""

import asyncio
import socket
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sslpsk3 import sslpsk3

from common.egress import EgressError
from common.egress.tcp import open_stream
from common.tls import Tls
from tests.common.egress.test_tls import server_context

KEY = "0123456789abcdef" * 2
OWN = Tls(psk_identity="hookflow", psk=KEY)


@asynccontextmanager
async def psk_server() -> AsyncIterator[int]:
    """Says lines back the other way round to whoever has the key; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = (
        f"openssl s_server -accept 127.0.0.1:{port} -nocert -psk {KEY} -psk_identity hookflow -tls1_2 -rev"
    )
    process = await asyncio.create_subprocess_exec(*command.split(), stdout=PIPE, stderr=STDOUT)
    try:
        async with asyncio.timeout(10):
            while b"ACCEPT" not in await process.stdout.readline():
                pass
        yield port
    finally:
        process.kill()
        await process.wait()


async def failure(port: int, tls: Tls, source: object) -> str:
    with pytest.raises(EgressError) as caught:
        await open_stream("127.0.0.1", port, 5, tls=tls, source=source)
    return caught.value.code


async def test_whoever_has_the_key_is_heard(loopback):
    async with psk_server() as port:
        reader, writer = await open_stream("127.0.0.1", port, 5, tls=OWN, source=loopback)
        writer.write(b"hello\n")
        assert await reader.readline() == b"olleh\n"
        assert "ECDHE-PSK" in writer.get_extra_info("cipher")[0]
        writer.close()


@pytest.mark.parametrize("tls", [Tls(psk_identity="hookflow", psk="ff" * 16)])
async def test_another_key_is_not(loopback, tls):
    async with psk_server() as port:
        assert await failure(port, tls, loopback) in ("tls_failed", "unreachable")


async def test_a_server_that_cannot_prove_the_key_is_not_believed(loopback, tmp_path):
    context = server_context(tmp_path)
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await failure(port, OWN, loopback) in ("tls_failed", "unreachable")


async def test_no_key_is_kept_after_the_handshake(loopback):
    async with psk_server() as port:
        _, writer = await open_stream("127.0.0.1", port, 5, tls=OWN, source=loopback)
        writer.close()
        await failure(port, Tls(psk_identity="hookflow", psk="ff" * 16), loopback)
    assert sslpsk3.psk_contexts == {}


async def test_a_key_that_is_not_hexadecimal_is_refused(loopback):
    assert await failure(1, Tls(psk_identity="x", psk="secret"), loopback) == "bad_certificate"


async def test_an_inner_address_is_refused_with_a_key_too(public_only):
    assert await failure(1, OWN, public_only) == "address_refused"
