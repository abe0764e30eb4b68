"""Whatever form an inner address takes, nothing that listens there hears of it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product
from typing import Any

import pytest

from common.egress import EgressError, EgressPolicy, PolicySource
from common.egress.client import EgressClient
from common.egress.smtp import Mail, SmtpServer, send_mail
from common.egress.sync import connect, guarded_session
from common.egress.tcp import checked_addresses
from tests.support.evil_server import EvilServer

HOSTS = [
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.0x0.0x0.0x1",
    "0x7f.1",
    "127.0.0.1.",
    "127.000.000.001",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "１２７.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ｌｏｃａｌｈｏｓｔ",
    "loc\u00adalhost",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1%25lo]",
    "[::1%25lo]",
    "10.0.0.1",
    "169.254.169.254",
    "[fd00:ec2::254]",
    "inner.example",
    "mixed.example",
    "mapped.example",
]
SHAPES = [
    "http://{host}:{port}/",
    "http://user:pass@{host}:{port}/",
    "http://example.org@{host}:{port}/",
    "http://{host}:{port}\\@example.org/",
    "http://{host}:{port}/?x=http://example.org",
    "http://{host}:{port}#@example.org/",
    "HTTP://{host}:{port}",
    "https://{host}:{port}/",
]
URLS = [shape.format(host=host, port="{port}") for host, shape in product(HOSTS, SHAPES)]
NAMES = {
    "inner.example": ["127.0.0.1"],
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
}


class Listener:
    """Accepts on one address, says nothing, and counts."""

    def __init__(self, family: socket.AddressFamily, address: str, port: int) -> None:
        self.hits = 0
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((address, port))
        self._socket.listen(64)
        self._socket.settimeout(0.1)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.hits += 1
            connection.close()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._socket.close()


@pytest.fixture(scope="module")
def listeners() -> Iterator[list[Listener]]:
    """On a port of HTTP, so that only the address can be the reason of a refusal."""
    with ExitStack() as stack:
        made = []
        for address in ("127.0.0.1", "127.0.0.2", "127.255.255.254"):
            made.append(Listener(socket.AF_INET, address, 8765))
            stack.callback(made[-1].stop)
        if socket.has_ipv6:
            made.append(Listener(socket.AF_INET6, "::1", 8765))
            stack.callback(made[-1].stop)
        yield made


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host in NAMES:
            return [
                (
                    socket.AF_INET6 if ":" in text else socket.AF_INET,
                    socket.SOCK_STREAM,
                    6,
                    "",
                    (text, port or 0),
                )
                for text in NAMES[host]
            ]
        if host == "example.org":
            raise socket.gaierror("no such name here")
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_there_are_enough_forms() -> None:
    assert len(set(URLS)) >= 80


async def test_http_reaches_nothing_inside(strict_client: EgressClient, listeners: list[Listener]) -> None:
    for url in URLS:
        with pytest.raises(EgressError) as caught:
            await strict_client.request(
                "POST", url.replace("{port}", "8765"), content=b"x", timeout_seconds=3
            )
        assert caught.value.code in {"bad_url", "address_refused"}, url
    assert sum(listener.hits for listener in listeners) == 0


def test_requests_session_reaches_nothing_inside(
    public_only: PolicySource, listeners: list[Listener]
) -> None:
    with guarded_session(source=public_only, timeout=3) as session:
        for url in URLS:
            with pytest.raises((EgressError, ValueError)):
                session.get(url.replace("{port}", "8765"))
    assert sum(listener.hits for listener in listeners) == 0


@pytest.mark.parametrize("host", HOSTS)
async def test_sockets_and_mail_reach_nothing_inside(
    host: str, public_only: PolicySource, listeners: list[Listener]
) -> None:
    bare = host.strip("[]")
    with pytest.raises(EgressError):
        connect(bare, 8765, 2, source=public_only)
    with pytest.raises(EgressError):
        checked_addresses(bare, 161, source=public_only)
    mail = Mail("a@example.org", ["b@example.org"], "Hello", "text")
    with pytest.raises(EgressError):
        await send_mail(mail, SmtpServer(bare, 8765, "none", timeout=2), source=public_only)
    assert sum(listener.hits for listener in listeners) == 0


async def test_redirect_reaches_nothing_inside(listeners: list[Listener]) -> None:
    policy = PolicySource(lambda: EgressPolicy.of(["127.0.0.3"]))
    client = EgressClient(policy)
    async with EvilServer("127.0.0.3") as server:
        for url in URLS:
            inner = url.replace("{port}", "8765").replace("%", "%25").replace("#", "%23").replace("&", "%26")
            with pytest.raises(EgressError):
                await client.request("GET", server.url(f"/redirect?to={_quoted(inner)}"), timeout_seconds=3)
        await client.aclose()
    assert sum(listener.hits for listener in listeners) == 0


def _quoted(url: str) -> str:
    return "".join(
        letter if letter.isascii() and letter not in " \\" else "%25" + "%25".join(_hex(letter))
        for letter in url
    )


def _hex(letter: str) -> list[str]:
    return [f"{octet:02X}" for octet in letter.encode()]


async def test_rebinding_name_is_looked_up_once_and_pinned(
    monkeypatch: pytest.MonkeyPatch, listeners: list[Listener]
) -> None:
    answers = iter(range(10_000))
    monkeypatch.setitem(NAMES, "rebind.example", ["192.0.0.1"])

    def flip(host: Any, *args: Any, **kwargs: Any) -> Any:
        address = "93.184.215.14" if next(answers) % 2 == 0 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", flip)
    tried: list[str] = []
    real = socket.socket

    class Recording(real):  # type: ignore[misc, valid-type]
        def connect(self, address: Any) -> None:
            tried.append(address[0])
            raise OSError("no network here")

    monkeypatch.setattr("common.egress.tcp.socket.socket", Recording)
    for number in range(500):
        with pytest.raises(EgressError):
            connect(f"rebind{number}.example", 8765, 1, source=PolicySource(EgressPolicy))
    assert set(tried) == {"93.184.215.14"}
    assert sum(listener.hits for listener in listeners) == 0


async def test_environment_sets_no_proxy(
    client: EgressClient, server: EvilServer, monkeypatch: pytest.MonkeyPatch, loopback: PolicySource
) -> None:
    async with EvilServer() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert (await client.request("GET", server.url())).status == 200
        with guarded_session(source=loopback, timeout=5) as session:
            answer = await asyncio.to_thread(session.get, server.url())
        assert answer.status_code == 200
        assert proxy.connections == 0
