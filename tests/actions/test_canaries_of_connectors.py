"""Every connector against a server that fails in every way and says back whatever it was sent: nothing of a secret is
kept, and every failure is told with code, message and hint."""

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from actions.credentials import github as github_type
from flows.sdk import CredentialFields, Emit, Node, NodeConfig, NodeError
from flows.sdk.testing import configured
from tests.support.canaries import ISSUED, RECORD, Trial, check, forms
from tests.support.canary_connectors import CONNECTORS, PAIR, Connector, token
from tests.support.certificates import self_signed
from tests.support.echo_server import (
    FAILURES,
    MAY_WORK,
    Told,
    closed_port,
    echoing,
)

pytestmark = pytest.mark.usefixtures("loopback_allowed")

STRANGER = self_signed("localhost")
SECONDS, SHORT = 5.0, 0.3


@dataclass(frozen=True)
class Servers:
    """The failing servers, by scheme, as (URL, how they fail)."""

    http: tuple[str, Told]
    https: tuple[str, Told]

    def of(self, connector: Connector) -> tuple[str, Told]:
        """Types without an own authority have no way to trust ours, so they are asked without TLS."""
        return self.https if has_authority(connector) else self.http


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    pem: Path = tmp_path_factory.mktemp("tls") / "pem"
    pem.write_text(PAIR.certificate + PAIR.key)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    with echoing() as http, echoing(tls) as https:
        yield Servers(http, https)


def has_authority(connector: Connector) -> bool:
    return "ca" in connector.kind.Fields.model_fields


def tries(
    connector: Connector, url: str, fields: CredentialFields
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every way of using the connector, by name."""
    node = connector.node()
    drawn = json.loads(json.dumps(dict(connector.config)).replace("{url}", url))
    config = configured(connector.node, drawn)
    yield "test", lambda ctx: connector.kind.test(ctx, fields)
    yield "run", lambda ctx: node.run(ctx, config, RECORD)
    for name in connector.choices:
        yield f"choices of {name}", lambda ctx, name=name: node.choices(name, ctx, drawn, "")


@pytest.mark.parametrize("failure", [*FAILURES, "no trust", "nobody there"])
@pytest.mark.parametrize("connector", CONNECTORS, ids=str)
async def test_a_failure_is_told_and_no_canary_with_it(
    connector: Connector, failure: str, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.services.http_auth.TEST_TIMEOUT", "300ms" if failure == "silence" else "5s")
    url, told = servers.of(connector)
    told.failure, told.good = failure, connector.good
    if failure == "nobody there":
        url = f"{url.partition(':')[0]}://localhost:{closed_port()}"
    if failure == "no trust":
        url, told.failure = servers.https[0], "echo"
    fields = connector.fields(url)
    if failure == "no trust" and has_authority(connector):
        fields = fields.model_copy(update={"ca": STRANGER.certificate})
    trial = Trial(connector.kind, fields, SHORT if failure == "silence" else SECONDS)
    may_work = failure in MAY_WORK
    wrong = [
        await check(trial, where, what, may_work=may_work) for where, what in tries(connector, url, fields)
    ]
    assert "".join(wrong) == ""


@pytest.mark.parametrize("connector", CONNECTORS, ids=str)
async def test_a_secret_really_goes_over_and_back(connector: Connector, servers: Servers) -> None:
    if connector.is_silent:
        pytest.skip("Its secret signs, and is never sent.")
    url, told = servers.of(connector)
    told.failure, told.good = "401", connector.good
    told.received.clear()
    fields = connector.fields(url)
    trial = Trial(connector.kind, fields, SECONDS)
    for where, what in tries(connector, url, fields):
        await check(trial, where, what, may_work=False)
    assert any(form in text for text in told.received for form in forms(fields))


class Leaky(Node):
    """Tells what nobody knows as a secret yet."""

    Config = NodeConfig

    def run(self, ctx: Any, config: Any, record: dict[str, Any]) -> Emit:
        raise NodeError("leaky", f"They say: {ISSUED}.", hint="Look.")


async def test_a_leak_would_be_seen() -> None:
    fields = token("https://localhost:1")
    trial = Trial(github_type.GitHub(), fields, SECONDS)
    assert ISSUED in await check(trial, "run", lambda ctx: Leaky().run(ctx, None, RECORD), may_work=False)
