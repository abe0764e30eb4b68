"""Either server with our bounds in it: a body of any size costs neither memory nor disk, and gets its 413."""

import socket
from collections.abc import Iterator

import psutil
import pytest

from tests.support.web import SERVERS, serving


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, psutil.Process]]:
    """The port and the process of a real server."""
    with serving(request.param, tmp_path_factory.mktemp("web")) as found:
        yield found


def exchange(port: int, head: str, body: Iterator[bytes]) -> bytes:
    """Send a request whatever the server says meanwhile, and read what it said."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        try:
            connection.sendall(head.encode())
            for part in body:
                connection.sendall(part)
            answer = connection.recv(65_536)
            return answer + connection.recv(65_536) if answer.endswith(b"\r\n\r\n") else answer
        except (BrokenPipeError, ConnectionResetError):
            return b"cut off"


def chunks(total: int, size: int = 65_536) -> Iterator[bytes]:
    for _ in range(total // size):
        yield f"{size:x}\r\n".encode() + b"x" * size + b"\r\n"
    yield b"0\r\n\r\n"


CHUNKED = "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.slow
def test_body_within_the_limit_arrives(server: tuple[int, psutil.Process]) -> None:
    answer = exchange(server[0], CHUNKED.format(path="/api/v1/events/"), chunks(5 << 20))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(str(5 << 20).encode())


@pytest.mark.slow
@pytest.mark.parametrize(("path", "size"), [("/", 2 << 20), ("/api/v1/events/", 6 << 20), ("/", 48 << 20)])
def test_chunked_body_past_the_limit_is_refused(
    server: tuple[int, psutil.Process], path: str, size: int
) -> None:
    port, process = server
    before = process.memory_info().rss
    answer = exchange(port, CHUNKED.format(path=path), chunks(size))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"too_large" in answer
    assert b"content-security-policy" in answer.lower()
    assert process.memory_info().rss - before < 16 << 20


@pytest.mark.slow
def test_sender_who_does_not_stop_is_cut_off(server: tuple[int, psutil.Process]) -> None:
    port, process = server
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
def test_body_with_two_meanings_is_refused(server: tuple[int, psutil.Process], lengths: str) -> None:
    answer = exchange(server[0], f"POST / HTTP/1.1\r\nHost: x\r\n{lengths}\r\n\r\n", iter([b"abcde"]))
    assert answer.startswith(b"HTTP/1.1 400")
