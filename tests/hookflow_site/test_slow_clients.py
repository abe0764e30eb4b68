"""Clients that drip, flood, pipeline or do not read: they are cut, and everyone else is served meanwhile."""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.web import SERVERS, serving

pytestmark = pytest.mark.slow

TOKEN = b"Authorization: Bearer x\r\n"
HEAD = b"POST /x HTTP/1.1\r\nHost: x\r\n" + TOKEN
LIMITS = (
    "head_seconds=1.5, body_seconds=1.5, idle_seconds=1.5, body_rate=65_536, per_address=250, connections=300"
)


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, psutil.Process, Path]]:
    folder = tmp_path_factory.mktemp("web")
    with serving(request.param, folder, LIMITS) as (port, process):
        yield port, process, folder
    errors = (folder / "errors").read_text()
    assert "Traceback" not in errors, errors[-3000:]


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 10)


def ask(port: int) -> float:
    """Seconds until an ordinary request is answered."""
    began = time.monotonic()
    with connect(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 200")
    return time.monotonic() - began


def is_cut(client: socket.socket) -> bool:
    """Whether the server ended it, after a refusal or without a word."""
    try:
        while client.recv(65_536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


DRIPS = {
    "nothing at all": (b"", b""),
    "a slow request line": (b"G", b"E"),
    "slow headers": (HEAD, b"X"),
    "a slow body": (HEAD + b"Content-Length: 100000\r\n\r\n", b"x"),
    "a slow chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n", b"x"),
    "an idle line": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
}


@pytest.mark.parametrize("kind", DRIPS)
def test_two_hundred_dripping_connections_are_cut(
    server: tuple[int, psutil.Process, Path], kind: str
) -> None:
    port, _, _ = server
    first, drop = DRIPS[kind]
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(port)) for _ in range(200)]
        for client in clients:
            with contextlib.suppress(OSError):  # on a slow machine the first ones are cut by now
                client.sendall(first)
        end = time.monotonic() + 2.0
        while time.monotonic() < end:
            assert ask(port) < 2.0
            for client in clients:
                with contextlib.suppress(OSError):
                    client.sendall(drop)
            time.sleep(0.2)
        assert all(is_cut(client) for client in clients)


def test_more_connections_than_an_address_has_push_out_its_waiting_ones(
    server: tuple[int, psutil.Process, Path],
) -> None:
    port, process, _ = server
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(port)) for _ in range(400)]
        assert ask(port) < 2.0
        assert process.num_fds() < 330
        assert len(clients) == 400


@pytest.mark.parametrize(
    "kind",
    [b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=b"],
    ids=["urlencoded", "multipart"],
)
def test_form_is_not_read_below_the_application(
    server: tuple[int, psutil.Process, Path], kind: bytes
) -> None:
    port, process, _ = server
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' if b"multi" in kind else b"a=&"
    body = part * ((5 << 20) // len(part))
    head = b"POST /api/v1/events/ HTTP/1.1\r\nHost: x\r\n" + TOKEN + b"Content-Type: " + kind
    before = process.cpu_times().user
    for _ in range(5):
        with connect(port) as client:
            client.sendall(head + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
            assert client.recv(65_536).startswith(b"HTTP/1.1 200")
    assert process.cpu_times().user - before < 2.0


def test_announced_body_past_the_limit_is_refused_before_it_is_sent(
    server: tuple[int, psutil.Process, Path],
) -> None:
    for expect in (b"", b"Expect: 100-continue\r\n"):
        with connect(server[0]) as client:
            client.sendall(HEAD + expect + b"Content-Length: 2000000\r\n\r\n")
            answer = client.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 413")
            assert b"content-security-policy" in answer


def test_chunked_body_is_refused_while_it_comes_in(server: tuple[int, psutil.Process, Path]) -> None:
    with connect(server[0]) as client:
        client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(17):
            client.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 413")


def test_body_of_countless_small_chunks_is_refused(server: tuple[int, psutil.Process, Path]) -> None:
    with connect(server[0]) as client:
        client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 2000)
        assert client.recv(65_536).startswith(b"HTTP/1.1 400")


def test_requests_behind_a_refused_one_are_not_heard(server: tuple[int, psutil.Process, Path]) -> None:
    with connect(server[0]) as client:
        client.sendall(HEAD + b"Content-Length: 2000000\r\n\r\n" + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        client.settimeout(3)
        heard = b""
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while part := client.recv(65_536):
                heard += part
        assert heard.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "head",
    [
        b"G\xffT / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA b: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: \x1b[31m\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://evil/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: x\r\n" * 3000 + b"\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"x" * 40_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n\x16\x03\x01" + os.urandom(300).replace(b"\n", b""),
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: \xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x:\xb2\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=range(14),
)
def test_odd_head_is_refused(server: tuple[int, psutil.Process, Path], head: bytes) -> None:
    with connect(server[0]) as client:
        client.sendall(head)
        answer = client.recv(65_536)
    assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 505", b"HTTP/1.1 200"), answer[:200]
    assert answer[:12] != b"HTTP/1.1 200" or b"9.9" in head


def test_root_path_of_a_client_is_only_dropped(server: tuple[int, psutil.Process, Path]) -> None:
    for value in (b"/static", b"\xff", b"@evil.example"):
        with connect(server[0]) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nDaphne-Root-Path: " + value + b"\r\n\r\n")
            assert client.recv(65_536).startswith(b"HTTP/1.1 200")


def test_answer_that_nobody_reads_is_given_up(server: tuple[int, psutil.Process, Path]) -> None:
    port, process, _ = server
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            client = stack.enter_context(connect(port))
            client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert ask(port) < 3.0
    assert process.is_running()


def test_answers_that_nobody_reads_do_not_pile_up(server: tuple[int, psutil.Process, Path]) -> None:
    port, process, _ = server
    before = process.memory_info().rss
    with connect(port) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * 12)
        for _ in range(5):
            assert ask(port) < 3.0
        assert process.memory_info().rss - before < 3 * (64 << 20)


def test_pipelined_requests_of_one_who_reads_are_all_answered(
    server: tuple[int, psutil.Process, Path],
) -> None:
    with connect(server[0]) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
        heard = b""
        while heard.count(b"HTTP/1.1 200") < 50:
            part = client.recv(65_536)
            assert part, "the server ended the connection"
            heard += part
