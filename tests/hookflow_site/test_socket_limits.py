"""Websockets: what a client may send, how many it may open, and that it has to read."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from hookflow_site.sockets import TOO_MANY, Counted
from tests.support.web import SERVERS, serving

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
)
TEXT, CONTINUED, PING, PONG = 0x1, 0x0, 0x9, 0xA
LAST = 0x80


@pytest.fixture(scope="module", params=SERVERS)
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder: Path = tmp_path_factory.mktemp("web")
    with serving(request.param, folder, "per_address=50") as (port, _):
        yield port
    errors = (folder / "errors").read_text()
    assert "Traceback" not in errors, errors[-3000:]


@contextlib.contextmanager
def opened(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(HANDSHAKE)
        head = client.recv(65_536)
        assert head.startswith(b"HTTP/1.1 101"), head
        assert b"deflate" not in head
        yield client


def frame(first: int, payload: bytes) -> bytes:
    """A masked frame; the mask is zero, so the payload stays readable."""
    size = len(payload)
    length = (
        bytes([0x80 | size])
        if size < 126
        else b"\xfe" + size.to_bytes(2, "big")
        if size < 65_536
        else b"\xff" + size.to_bytes(8, "big")
    )
    return bytes([first]) + length + bytes(4) + payload


def ends(client: socket.socket) -> bool:
    """Whether the server ends it."""
    try:
        while client.recv(65_536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.slow
def test_small_message_is_heard(port: int) -> None:
    with opened(port) as client:
        client.sendall(frame(LAST | TEXT, b"hello"))
        assert client.recv(100)[2:] == b"5"


@pytest.mark.slow
@pytest.mark.parametrize(
    "frames",
    [
        [frame(LAST | TEXT, b"x" * 20_000)],
        [b"\x81\xff" + (2**62).to_bytes(8, "big") + bytes(4)],
        [frame(TEXT, b"x" * 9000), frame(CONTINUED, b"x" * 9000)],
        [frame(TEXT, b""), *[frame(CONTINUED, b"")] * 500],
        [frame(LAST | PING, b"x" * 100)] * 500,
        [frame(LAST | PONG, b"")] * 500,
        [frame(LAST | TEXT, b"x")] * 500,
        [frame(LAST | TEXT, b"\xff\xfe")],
        [frame(LAST | 0x40 | TEXT, b"\x00")],
        [b"\x81\x05hello"],
    ],
    ids=[
        "large",
        "announced",
        "in parts",
        "empty parts",
        "pings",
        "pongs",
        "many",
        "no text",
        "deflated",
        "plain",
    ],
)
def test_client_that_sends_too_much_is_cut(port: int, frames: list[bytes]) -> None:
    with opened(port) as client:
        with contextlib.suppress(OSError):
            client.sendall(b"".join(frames))
        assert ends(client)


@pytest.mark.slow
def test_closed_sockets_give_their_places_back(port: int) -> None:
    for _ in range(120):
        with opened(port) as client:
            client.sendall(frame(LAST | TEXT, b"x"))
            client.recv(100)


@pytest.mark.slow
def test_client_that_does_not_read_is_cut(port: int) -> None:
    with opened(port) as client:
        client.sendall(frame(LAST | TEXT, b"flood"))
        time.sleep(1)
        heard = 0
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(1 << 20):
                heard += len(part)
        assert heard < 32 << 20


async def waits(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


def dial(app: Any, user: int | None, host: str) -> Any:
    made = WebsocketCommunicator(app, "/ws/")
    made.scope |= {"client": [host, 1], "user": SimpleNamespace(pk=user)}
    return made


@pytest.mark.parametrize(
    ("callers", "most"),
    [
        ([(1, f"192.0.2.{number}") for number in range(6)], 3),
        ([(number, "192.0.2.1") for number in range(8)], 5),
        ([(None, "192.0.2.1")] * 8, 5),
        ([(None, f"2001:db8::{number}") for number in range(8)], 5),
    ],
    ids=["user", "address", "strangers", "one customer's network"],
)
async def test_one_more_than_allowed_is_closed(callers: list[tuple[int | None, str]], most: int) -> None:
    app = Counted(waits, per_user=3, per_address=5)
    lines = [dial(app, user, host) for user, host in callers]
    for line in lines:
        assert (await line.connect())[0]
    for line in lines[most:]:
        assert (await line.receive_output())["code"] == TOO_MANY
    await lines[0].disconnect()
    again = dial(app, *callers[0])
    assert (await again.connect())[0]
    assert await again.receive_nothing()
    for line in [*lines[1:most], again]:
        await line.disconnect()
