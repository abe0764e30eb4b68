"""The way out of a step leads to checked addresses, ends with the step, and fails in the words of the sdk."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from common.egress import EgressPolicy, PolicySource, default_source, resolve
from common.egress.hosts import AllowedHosts
from common.tls import Tls
from flows.runner.net import StepNet
from flows.sdk import NodeError
from tests.common.egress.test_tls import server_context
from tests.support.evil_server import EvilServer
from tests.support.silence import SilentPeer


@pytest.fixture(autouse=True)
def _inside_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.egress.policy._source", PolicySource(lambda: EgressPolicy.of(["127.0.0.1"])))


@pytest.fixture
def net() -> Iterator[StepNet]:
    made = StepNet(20)
    yield made
    made.close()


@pytest.fixture
def silent() -> Iterator[SilentPeer]:
    with SilentPeer() as peer:
        yield peer


def at_hand(net: StepNet, host: str, port: int) -> str | None:
    default_source().current()
    return net.address_at_hand(host, port)


CALLS: list[Callable[[StepNet, str, int], Any]] = [
    lambda net, host, port: net.connect(host, port),
    lambda net, host, port: net.connected(host, port, seconds=2),
    lambda net, host, port: net.address(host, port),
    lambda net, host, port: net.session().get(f"http://{host}:{port}/"),
    lambda net, host, port: net.find_address(host, port),
    at_hand,
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::1]"])
async def test_inside_is_refused_on_every_way(net: StepNet, call: Any, host: str) -> None:
    assert (await failure(lambda: call(net, host, 8080))).code == "address_refused"


@pytest.mark.parametrize("call", CALLS)
async def test_open_credential_keeps_every_way_to_its_hosts(
    net: StepNet, silent: SilentPeer, call: Any
) -> None:
    error = await failure(lambda: call(net.within(AllowedHosts(["good.example"])), "127.0.0.1", silent.port))
    assert (error.code, silent.arrived.is_set()) == ("host_not_allowed", False)


async def test_redirect_does_not_lead_away_from_the_hosts_of_a_credential(net: StepNet) -> None:
    async with EvilServer() as one, EvilServer() as other:
        session = net.within(AllowedHosts([f"127.0.0.1:{one.port}"])).session()
        url = one.url(f"/redirect?to={other.url('/echo')}")
        assert (await failure(lambda: asyncio.to_thread(session.get, url))).code == "host_not_allowed"
        assert other.connections == 0


@pytest.mark.parametrize("call", [CALLS[0], CALLS[1], CALLS[3]])
async def test_closed_port_is_named(net: StepNet, call: Any) -> None:
    with SilentPeer() as gone:
        port = gone.port
    error = await failure(lambda: call(net, "127.0.0.1", port))
    assert (error.code, error.retryable) == ("unreachable", True)
    assert "127.0.0.1" in error.message


@pytest.mark.parametrize(
    "wait",
    [
        lambda net, peer: first_byte(net.connected("127.0.0.1", peer.port, seconds=30)),
        lambda net, peer: net.session().get(peer.url),
        lambda net, peer: net.session(tls=Tls(verify=False)).get(peer.url.replace("http:", "https:")),
    ],
)
def test_a_thread_that_waits_comes_back_when_the_step_ends(
    net: StepNet, silent: SilentPeer, wait: Any
) -> None:
    thread = threading.Thread(target=lambda: _ignoring(lambda: wait(net, silent)), daemon=True)
    thread.start()
    assert silent.arrived.wait(5)
    net.close()
    thread.join(2)
    assert not thread.is_alive()


async def test_a_stream_ends_with_the_step(net: StepNet, silent: SilentPeer) -> None:
    reader, _writer = await net.connect("127.0.0.1", silent.port)
    net.close()
    assert await asyncio.wait_for(reader.read(1), 2) == b""


@pytest.mark.parametrize("call", CALLS)
async def test_nothing_is_opened_after_the_step(net: StepNet, silent: SilentPeer, call: Any) -> None:
    net.close()
    if call is not CALLS[2]:
        assert (await failure(lambda: call(net, "127.0.0.1", silent.port))).code == "timed_out"
    assert not silent.arrived.is_set()


def test_no_call_waits_longer_than_the_step_has(silent: SilentPeer) -> None:
    net, begun = StepNet(0.3), time.monotonic()
    first_byte(net.connected("127.0.0.1", silent.port, seconds=0.4))
    with pytest.raises(NodeError) as caught:
        net.connected("127.0.0.1", silent.port, seconds=10)
    net.close()
    assert caught.value.code == "timed_out"
    assert time.monotonic() - begun < 2


async def test_own_authority_is_trusted_by_streams_sessions_and_http(net: StepNet, tmp_path: Path) -> None:
    async with EvilServer(tls=server_context(tmp_path)) as server:
        own = Tls(ca=(tmp_path / "server.pem").read_text(), server_name="localhost")
        _, writer = await net.connect("127.0.0.1", server.port, tls=own)
        writer.close()
        answer = await asyncio.to_thread(net.session(tls=own).get, server.url("/echo"))
        assert answer.status_code == 200
        error = await failure(lambda: net.connect("127.0.0.1", server.port, tls=Tls()))
        assert error.code == "tls_failed"
        error = await failure(lambda: asyncio.to_thread(net.session(tls=Tls()).get, server.url("/echo")))
        assert error.code == "tls_failed"


async def test_client_certificate_is_shown(net: StepNet, tmp_path: Path) -> None:
    context = server_context(tmp_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(tmp_path / "server.pem")
    pem = (tmp_path / "server.pem").read_text()
    async with EvilServer(tls=context) as server:
        shown = Tls(ca=pem, certificate=pem, server_name="localhost")
        answer = await asyncio.to_thread(net.session(tls=shown).get, server.url("/echo"))
        assert answer.status_code == 200
        hidden = Tls(ca=pem, server_name="localhost")
        error = await failure(lambda: asyncio.to_thread(net.session(tls=hidden).get, server.url("/echo")))
        assert error.code in ("tls_failed", "unreachable")


@pytest.mark.parametrize("tls", [Tls(ca="no certificate"), Tls(certificate="none", key="none")])
async def test_certificate_that_cannot_be_read_is_told(net: StepNet, silent: SilentPeer, tls: Tls) -> None:
    for call in (lambda: net.connect("127.0.0.1", silent.port, tls=tls), lambda: net.session(tls=tls)):
        assert (await failure(call)).code == "bad_certificate"


async def test_lenient_session_follows_no_redirect_to_another_host(net: StepNet) -> None:
    async with EvilServer() as one, EvilServer() as other:
        url = one.url(f"/redirect?to={other.url('/echo')}")
        error = await failure(lambda: asyncio.to_thread(net.session(tls=Tls(verify=False)).get, url))
        assert (error.code, other.connections) == ("address_refused", 0)


@pytest.mark.parametrize(
    ("path", "code"),
    [("/loop", "too_many_redirects"), ("/huge", "answer_too_large"), ("/hang-up", "unreachable")],
)
async def test_sessions_fail_in_the_words_of_the_sdk(net: StepNet, path: str, code: str) -> None:
    async with EvilServer() as server:
        assert (await failure(lambda: asyncio.to_thread(net.session().get, server.url(path)))).code == code


async def failure(call: Callable[[], Any]) -> NodeError:
    async def made() -> None:
        answer = call()
        if isinstance(answer, Awaitable):
            await answer

    with pytest.raises(NodeError) as caught:
        await made()
    return caught.value


def first_byte(connection: socket.socket) -> None:
    with connection, suppress(TimeoutError):
        connection.recv(1)


def _ignoring(call: Callable[[], Any]) -> None:
    with suppress(NodeError, OSError):
        call()


async def test_only_what_needs_no_waiting_is_at_hand(net: StepNet) -> None:
    assert net.address_at_hand("127.0.0.1", 162) is None, "nobody has asked for the policy yet"
    assert await net.find_address("127.0.0.1", 162) == net.address_at_hand("127.0.0.1", 162) == "127.0.0.1"
    assert net.address_at_hand("localhost", 162) is None
    narrow = net.within(AllowedHosts(["127.0.0.1:162"]))
    with pytest.raises(NodeError):
        narrow.address_at_hand("127.0.0.1", 161)


async def test_a_name_that_was_just_looked_up_is_at_hand(
    net: StepNet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolve, "look_up", lambda host: (ip_address("127.0.0.1"),))
    assert net.address_at_hand("traps.example.org", 162) is None
    assert await net.find_address("traps.example.org", 162) == "127.0.0.1"
    assert net.address_at_hand("traps.example.org", 162) == "127.0.0.1"


async def test_a_place_that_the_admin_named_is_reached_and_nothing_beside_it() -> None:
    net = StepNet(20, {("10.0.0.9", 162), ("169.254.169.254", 162)})
    assert net.address("10.0.0.9", 162) == await net.find_address("10.0.0.9", 162) == "10.0.0.9"
    for host, port in (("10.0.0.9", 161), ("10.0.0.8", 162), ("169.254.169.254", 162)):
        with pytest.raises(NodeError) as refused:
            net.address(host, port)
        assert refused.value.code == "address_refused"
        with pytest.raises(NodeError):
            await net.find_address(host, port)
    with pytest.raises(NodeError):
        net.connected("10.0.0.9", 162, seconds=1)
