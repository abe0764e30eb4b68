"""What both servers tell the application, and the world."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.web import SERVERS, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=SERVERS)
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(request.param, tmp_path_factory.mktemp("web")) as (port, _):
        yield port


def ask(port: int, *requests: bytes) -> bytes:
    """Send the requests one behind the other; all that is answered."""
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(b"".join(requests))
        heard = b""
        while part := client.recv(65_536):
            heard += part
        return heard


def seen(port: int, head: bytes, body: bytes = b"") -> dict[str, Any]:
    """What the application is told of a request."""
    answer = ask(port, b"POST /seen HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + head + b"\r\n" + body)
    found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


LAST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_answer_does_not_name_the_server(port: int) -> None:
    head = ask(port, LAST).lower()
    assert b"\r\nserver:" not in head
    for name in SERVERS:
        assert name.encode() not in head


def test_no_header_tells_who_or_where_the_client_is(port: int) -> None:
    told = seen(
        port,
        b"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nDaphne-Root-Path: /evil\r\nX-Real-IP: 6.6.6.6\r\n",
    )
    assert (told["client"], told["scheme"], told["root_path"]) == ("127.0.0.1", "http", "")
    assert {name for name, _ in told["headers"]} == {"host", "connection"}


def test_path_is_decoded_once(port: int) -> None:
    answer = ask(port, b"GET /seen/%2541%2F?a=%41&b?c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (told["path"], told["query_string"]) == ("/seen/%41/", "a=%41&b?c")


def test_trailer_is_no_header(port: int) -> None:
    told = seen(port, b"Transfer-Encoding: chunked\r\n", b"1\r\nx\r\n0\r\nAuthorization: Bearer x\r\n\r\n")
    assert "authorization" not in {name for name, _ in told["headers"]}


def test_endless_trailers_are_cut(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    with socket.create_connection(("127.0.0.1", port), 10) as client, pytest.raises(OSError):  # noqa: PT012
        client.sendall(head)
        while True:
            client.sendall(b"A: " + b"x" * 8000 + b"\r\n")


def test_upgrade_to_something_else_is_an_ordinary_request(port: int) -> None:
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"
    asked = b"POST / HTTP/1.1\r\nHost: x\r\n" + upgrade + b"Content-Length: 5\r\n\r\nabcde"
    heard = ask(port, asked, LAST)
    assert heard.count(b"HTTP/1.1 200") == 2
    assert b"\r\n\r\n5" in heard


def test_body_is_asked_for_when_it_may_come(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 100")
        client.sendall(b"abc")
        assert client.recv(1000).startswith(b"HTTP/1.1 200")


def test_request_behind_a_chunked_one_is_heard_once_or_not_at_all(port: int) -> None:
    chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    assert ask(port, chunked, LAST).count(b"HTTP/1.1 200") in (1, 2)


def test_uvicorn_answers_what_is_at_work_before_it_stops(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        with serving("uvicorn", tmp_path) as (port, process):
            waiting = pool.submit(ask, port, b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            wait_for_connection(process)
        assert waiting.result().startswith(b"HTTP/1.1 200")


def wait_for_connection(process: psutil.Process) -> None:
    """Until the server has a client."""
    end = time.monotonic() + 10
    while not [one for one in process.net_connections() if one.status == psutil.CONN_ESTABLISHED]:
        assert time.monotonic() < end
        time.sleep(0.01)
    time.sleep(0.2)  # it may not have read the request yet
