"""Daphne with our bound in it: a body of any size costs neither memory nor disk, and gets its 413."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.processes import free_port, wait_until

APP = """
from hookflow_site.asgi_limits import Envelope
from hookflow_site.daphne_limits import install

async def app(scope, receive, send):
    total, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        total += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(total).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

install()
application = Envelope(app)
"""


@pytest.fixture(scope="module")
def daphne(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, psutil.Process]]:
    """The port and the process of a real Daphne."""
    folder = tmp_path_factory.mktemp("daphne")
    (folder / "small_app.py").write_text(APP)
    port = free_port()
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "small_app:application"],
        cwd=folder,
        env={
            "PYTHONPATH": f"{folder}:{root}",
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "hookflow_site.settings",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(port), "Daphne starts")
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def exchange(port: int, head: str, body: Iterator[bytes]) -> bytes:
    """Send a request whatever the server says meanwhile, and read what it said."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        try:
            connection.sendall(head.encode())
            for part in body:
                connection.sendall(part)
            return connection.recv(65_536)
        except (BrokenPipeError, ConnectionResetError):
            return b"cut off"


def chunks(total: int, size: int = 65_536) -> Iterator[bytes]:
    for _ in range(total // size):
        yield f"{size:x}\r\n".encode() + b"x" * size + b"\r\n"
    yield b"0\r\n\r\n"


CHUNKED = "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.slow
def test_body_within_the_limit_arrives(daphne: tuple[int, psutil.Process]) -> None:
    answer = exchange(daphne[0], CHUNKED.format(path="/api/v1/events/"), chunks(5 << 20))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(str(5 << 20).encode())


@pytest.mark.slow
@pytest.mark.parametrize(("path", "size"), [("/", 2 << 20), ("/api/v1/events/", 6 << 20), ("/", 48 << 20)])
def test_chunked_body_past_the_limit_is_refused(
    daphne: tuple[int, psutil.Process], path: str, size: int
) -> None:
    port, process = daphne
    before = process.memory_info().rss
    answer = exchange(port, CHUNKED.format(path=path), chunks(size))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"too_large" in answer
    assert b"content-security-policy" in answer.lower()
    assert process.memory_info().rss - before < 16 << 20


@pytest.mark.slow
def test_sender_who_does_not_stop_is_cut_off(daphne: tuple[int, psutil.Process]) -> None:
    port, process = daphne
    before = process.memory_info().rss
    answer = exchange(port, CHUNKED.format(path="/"), chunks(512 << 20))
    assert answer in (b"cut off", b"")
    assert process.memory_info().rss - before < 16 << 20


@pytest.mark.slow
@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: -1",
    ],
)
def test_body_with_two_meanings_is_refused(daphne: tuple[int, psutil.Process], lengths: str) -> None:
    answer = exchange(daphne[0], f"POST / HTTP/1.1\r\nHost: x\r\n{lengths}\r\n\r\n", iter([b"abcde"]))
    assert answer.startswith(b"HTTP/1.1 400")
