"""A run opens what its nodes name, for their turns alone."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.actors import Actor
from accounts.models import User
from actions.models import Credential
from actions.services import credentials
from common.egress import EgressPolicy, use_provider
from common.redact import MASK, redact_text, secrets_known
from flows.models import LogLine, Run, Step
from flows.runner import opening
from flows.runner.net import StepNet
from flows.runner.pool import DatabasePool
from flows.sdk import NodeError
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


class Counting:
    """The store of this installation, and what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._store = opening.credential_store()

    def open(self, owner_id: int | None, name: str, *rest: Any, **options: Any) -> OpenCredential:
        self.asked.append(name)
        return self._store.open(owner_id, name, *rest, **options)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    found = Counting()
    monkeypatch.setattr(opening, "credential_store", lambda: found)
    return found


@pytest.fixture
def pool() -> Iterator[DatabasePool]:
    with DatabasePool(4, "opening") as made:
        yield made


def places(name: str, count: int) -> list[NamedCredential]:
    return [NamedCredential(name, ("api",), f"destinations.{place}.credential") for place in range(count)]


async def test_a_credential_that_is_named_many_times_is_opened_once(
    api_credential: Credential, tenant_admin: User, counting: Counting, pool: DatabasePool
) -> None:
    named = places("shop", opening.MOST_NAMED + 1)
    with secrets_known():
        found = await opening.open_named(named, tenant_admin.tenant_id, 5, pool)
    assert ([one.name for one in found], counting.asked) == (["shop"], ["shop"])


async def test_there_is_a_bound_to_the_credentials_of_one_node(
    tenant_admin: User, counting: Counting, pool: DatabasePool
) -> None:
    named = [one for number in range(opening.MOST_NAMED + 1) for one in places(f"shop {number}", 1)]
    with pytest.raises(NodeError) as caught:
        await opening.open_named(named, tenant_admin.tenant_id, 5, pool)
    assert (caught.value.code, counting.asked) == ("too_many_credentials", [])


async def test_runs_beside_each_other_share_a_look_up_and_each_masks_its_secrets(
    api_credential: Credential, tenant_admin: User, counting: Counting, pool: DatabasePool
) -> None:
    async def opened() -> str:
        with secrets_known():
            await opening.open_named(places("shop", 1), tenant_admin.tenant_id, 5, pool)
            return redact_text(CANARY)

    assert await asyncio.gather(*(opened() for _ in range(9))) == [MASK] * 9
    assert counting.asked == ["shop"]


async def test_owners_share_nothing(
    api_credential: Credential, tenant_admin: User, outsider_admin: User, pool: DatabasePool
) -> None:
    owners = (tenant_admin.tenant_id, outsider_admin.tenant_id, None)
    with secrets_known():
        found = await asyncio.gather(
            *(opening.open_named(places("shop", 1), owner, 5, pool) for owner in owners),
            return_exceptions=True,
        )
    assert [getattr(one, "code", "open") for one in found] == [
        "open",
        "unknown_credential",
        "unknown_credential",
    ]


async def test_a_change_is_in_force_for_whoever_opens_it_afterwards(
    api_credential: Credential, tenant_admin: User, pool: DatabasePool
) -> None:
    actor = Actor.of_user(tenant_admin)

    async def user() -> str:
        with secrets_known():
            [found] = await opening.open_named(places("shop", 1), actor.tenant_id, 5, pool)
        return str(found.fields.model_dump()["user"])

    assert await user() == "ops"
    await sync_to_async(credentials.change)(
        actor=actor, credential=api_credential, values={"user": "other"}, confirm=True
    )
    assert await user() == "other"


async def test_where_it_may_go_is_known_when_it_is_open(
    api_credential: Credential, tenant_admin: User, pool: DatabasePool
) -> None:
    net = StepNet(20)
    assert net.address_at_hand("8.8.8.8", 162) is None
    with secrets_known():
        await opening.open_named(places("shop", 1), tenant_admin.tenant_id, 5, pool)
    assert net.address_at_hand("8.8.8.8", 162) == "8.8.8.8"


async def test_a_policy_that_cannot_be_read_is_told_where_the_step_goes_out(
    api_credential: Credential, tenant_admin: User, pool: DatabasePool
) -> None:
    def away() -> EgressPolicy:
        raise OSError("the database is away")

    use_provider(away)
    with secrets_known():
        assert await opening.open_named(places("shop", 1), tenant_admin.tenant_id, 5, pool)
    with pytest.raises(NodeError) as caught:
        await StepNet(20).find_address("8.8.8.8", 162)
    assert caught.value.code == "unreachable"
