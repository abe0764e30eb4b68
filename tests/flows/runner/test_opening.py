"""A run opens what its nodes name, for their turns alone."""

import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.actors import Actor
from accounts.models import User
from actions.models import Credential
from actions.services import credentials
from common.redact import MASK
from flows.models import LogLine, Run, Step
from flows.runner import opening
from flows.sdk.config_fields import NamedCredential
from flows.sdk.credentials import OpenCredential
from tests.support.credentials import CANARY
from tests.support.evil_server import EvilServer
from tests.support.flows import line, published, run_to_rest, started

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("api_type", "encryption_key")]


def calling(actor: Actor, **config: Any) -> Run:
    flow = published(line(("t", "manual", {}), ("c", "call", {"credential": "shop", **config})), actor)
    return run_to_rest(started(flow, {"note": CANARY}, actor))


def test_a_node_gets_what_its_config_names(api_credential: Credential, tenant_admin: User) -> None:
    run = calling(Actor.of_user(tenant_admin))
    assert run.status == "succeeded"
    assert Step.objects.get(run=run, node_id="c").output["user"] == "ops"


def test_neither_log_nor_record_keeps_the_secret(api_credential: Credential, tenant_admin: User) -> None:
    run = calling(Actor.of_user(tenant_admin))
    output = Step.objects.get(run=run, node_id="c").output
    assert output["echo"] == f"key={MASK}"
    assert output["note"] == CANARY, "what the event brought stays as it is"
    assert f"The key is {MASK}." in [line.text for line in LogLine.objects.filter(run=run)]


async def test_no_packet_goes_to_another_host(
    api_credential: Credential, tenant_admin: User, loopback_allowed: None
) -> None:
    async with EvilServer() as server:
        run = await sync_to_async(calling)(Actor.of_user(tenant_admin), url=server.url("/echo"))
        assert (run.status, run.error["code"], server.connections) == ("failed", "host_not_allowed", 0)


async def test_its_own_host_is_reached(tenant_admin: User, loopback_allowed: None) -> None:
    async with EvilServer() as server:
        values = {"user": "ops", "key": CANARY, "host": f"127.0.0.1:{server.port}"}
        await sync_to_async(credentials.create)(
            actor=Actor.of_user(tenant_admin), type="api", name="shop", values=values
        )
        run = await sync_to_async(calling)(Actor.of_user(tenant_admin), url=server.url("/echo"))
        assert (run.status, server.connections) == ("succeeded", 1)


def test_a_credential_that_went_fails_its_step_alone(api_credential: Credential, tenant_admin: User) -> None:
    actor = Actor.of_user(tenant_admin)
    flow = published(line(("t", "manual", {}), ("c", "call", {"credential": "shop"})), actor)
    credentials.delete(actor=actor, credential=api_credential, confirm=True)
    run = run_to_rest(started(flow, {}, actor))
    assert (run.error["code"], run.error["field"], run.error["node"]) == (
        "unknown_credential",
        "credential",
        "c",
    )


def test_the_flow_of_another_owner_does_not_find_it(api_credential: Credential, outsider_admin: User) -> None:
    with pytest.raises(Exception, match="problem"):
        calling(Actor.of_user(outsider_admin))


def test_a_credential_that_is_named_many_times_is_opened_once(
    api_credential: Credential, tenant_admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    store = opening.credential_store()

    class Counting:
        def open(self, owner_id: int | None, name: str, *rest: Any, **options: Any) -> OpenCredential:
            asked.append(name)
            return store.open(owner_id, name, *rest, **options)

    monkeypatch.setattr(opening, "credential_store", Counting)
    named = [NamedCredential("shop", ("api",), f"destinations.{place}.credential") for place in range(3)]
    found = opening._open_all(
        named, tenant_admin.tenant_id, time.monotonic() + 5, staging=False, is_use=False
    )
    assert ([one.name for one in found], asked) == (["shop"], ["shop"])
