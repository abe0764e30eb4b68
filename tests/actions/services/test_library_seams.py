"""Every library that a connector uses goes through the session that it is given, and no hostile answer gets past it."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from common.egress import EgressPolicy, PolicySource
from common.egress.hosts import AllowedHosts
from common.tls import Tls
from flows.runner.net import StepNet
from flows.sdk import NodeError
from tests.common.egress.test_tls import server_context
from tests.support.evil_server import EvilServer

Call = Callable[[Any, str], Any]


def ask_msal(session: Any, url: str) -> Any:
    import msal

    application = msal.ConfidentialClientApplication(
        "app", authority=f"{url}/tenant", client_credential="s", http_client=session, instance_discovery=False
    )
    return application.acquire_token_for_client(["https://graph.example/.default"])


def ask_redmine(session: Any, url: str) -> Any:
    from redminelib import Redmine
    from redminelib.engines.sync import SyncEngine

    class Engine(SyncEngine):
        def create_session(self, **options: Any) -> Any:
            return session

    return Redmine(url, engine=Engine).issue.get(1)


def ask_jenkins(session: Any, url: str) -> Any:
    import jenkins

    server = jenkins.Jenkins(url, timeout=20)
    server._session = session
    return server.get_whoami()


def ask_github(session: Any, url: str) -> Any:
    from github import Auth, Github
    from github.Requester import HTTPSRequestsConnectionClass

    class Connection(HTTPSRequestsConnectionClass):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.session = session

    requester = Github(auth=Auth.Token("t"), base_url=url, retry=None, timeout=20).requester
    requester._Requester__connectionClass = Connection
    requester._Requester__httpsConnectionClass = Connection
    return requester.requestJsonAndCheck("GET", "/user")


def ask_proxmox(session: Any, url: str) -> Any:
    from proxmoxer.backends.https import JsonSerializer
    from proxmoxer.core import ProxmoxResource

    return ProxmoxResource(base_url=url, session=session, serializer=JsonSerializer()).version.get()


CALLS = [
    pytest.param(call, id=call.__name__.removeprefix("ask_"))
    for call in (ask_msal, ask_redmine, ask_jenkins, ask_github, ask_proxmox)
]


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Tls]:
    folder: Path = tmp_path_factory.mktemp("tls")
    context = server_context(folder)
    return context, Tls(ca=(folder / "server.pem").read_text(), server_name="localhost")


@pytest.fixture
def net() -> Iterator[StepNet]:
    made = StepNet(2)
    yield made
    made.close()


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.egress.policy._source", PolicySource(lambda: EgressPolicy.of(["127.0.0.1"])))


async def outcome(net: StepNet, tls: Tls, call: Call, url: str) -> tuple[str, float]:
    """The code of the failure, and how long it took."""
    begun = time.monotonic()
    with pytest.raises(NodeError) as caught:
        await asyncio.to_thread(lambda: call(net.session(tls=tls), url))
    return caught.value.code, time.monotonic() - begun


@pytest.mark.parametrize("call", CALLS)
async def test_refused_address_sees_no_connection(
    net: StepNet, secured: Any, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.egress.policy._source", PolicySource(EgressPolicy))
    async with EvilServer(tls=secured[0]) as server:
        assert (await outcome(net, secured[1], call, server.url("")))[0] == "address_refused"
        assert server.connections == 0


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("call", CALLS)
async def test_the_allowed_address_is_asked_over_the_session(net: StepNet, secured: Any, call: Call) -> None:
    """Else the tests beside this one would pass with a library that asks nobody."""
    async with EvilServer(tls=secured[0], always="/hang-up") as server:
        await outcome(net, secured[1], call, server.url(""))
        assert server.connections >= 1


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("call", CALLS)
async def test_redirect_leads_to_no_other_host(net: StepNet, secured: Any, call: Call) -> None:
    async with EvilServer(tls=secured[0]) as other:
        async with EvilServer(tls=secured[0], always=f"/redirect?to={other.url('/')}") as server:
            within = net.within(AllowedHosts([f"127.0.0.1:{server.port}"]))
            # Some follow it and are refused; to others the redirect is an answer that they cannot use.
            with suppress(Exception):
                await asyncio.to_thread(lambda: call(within.session(tls=secured[1]), server.url("")))
        assert (server.connections, other.connections) == (1, 0)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("answer", ["/huge", "/endless", "/bomb"])
async def test_flood_is_cut_off(secured: Any, call: Call, answer: str) -> None:
    net = StepNet(60)
    async with EvilServer(tls=secured[0], always=answer) as server:
        code, _ = await outcome(net, secured[1], call, server.url(""))
    net.close()
    assert code == "answer_too_large"


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("answer", ["/sleep", "/slow", "/slow-head"])
async def test_silence_and_drips_end_with_the_step(
    net: StepNet, secured: Any, call: Call, answer: str
) -> None:
    async with EvilServer(tls=secured[0], always=answer) as server:
        asyncio.get_running_loop().call_later(1, net.close)
        code, seconds = await outcome(net, secured[1], call, server.url(""))
    assert code == "timed_out"
    assert seconds < 3
