"""Whose an event is: keys, event types and tokens of several tenants side by side."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.actors import Actor
from accounts.services import tokens
from flows.models import Event
from flows.services.event_types import define
from hookflow_site.asgi import application
from tests.flows.api.intake.bodies import LISTENS, event, raw
from tests.flows.api.intake.conftest import Sender
from tests.support.asgi import send
from tests.support.flows import published

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


async def send_as(token: str, body: bytes) -> Any:
    headers = [(b"authorization", f"Bearer {token}".encode())]
    return await send(application, "POST", "/api/v1/events/", headers=headers, parts=(body,))


async def test_keys_of_two_tenants_do_not_meet(post: Sender, outsider_admin: Any):
    text = (
        await sync_to_async(tokens.create)(
            Actor.of_user(outsider_admin), name="other", scopes=["send_events"]
        )
    )[1]
    await post(raw(event(dedup_key="k")))
    answer = await send_as(text, raw(event(dedup_key="k", payload={"hostname": "b"})))
    assert answer.json()["accepted"][0]["duplicate"] is False


async def test_types_that_people_define_are_known_to_their_tenant_alone(
    post: Sender, flow_editor: Any, outsider_admin: Any
):
    schema = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}}
    mine, theirs = Actor.of_user(flow_editor), Actor.of_user(outsider_admin)
    await sync_to_async(define)(actor=mine, name="order.paid", label="Paid", schema=schema)
    await sync_to_async(define)(actor=theirs, name="order.lost", label="Lost", schema=schema)
    assert (await post(raw({"type": "order.paid", "payload": {"amount": 3}}))).status == 202
    misfit = await post(raw({"type": "order.paid", "payload": {"amount": "3"}}))
    missing = await post(raw({"type": "order.paid", "payload": {}}))
    foreign = await post(raw({"type": "order.lost", "payload": {"amount": 3}}))
    assert [answer.problem["code"] for answer in (misfit, missing, foreign)] == [
        "payload_does_not_fit",
        "payload_does_not_fit",
        "unknown_event_type",
    ]
    assert misfit.problem["field"] == "payload.amount"


async def test_a_platform_token_sends_events_for_a_tenant(platform_admin: Any, tenant: Any, flow_editor: Any):
    await sync_to_async(published)(LISTENS, Actor.of_user(flow_editor))
    _, text = await sync_to_async(tokens.create)(
        Actor.of_user(platform_admin), name="all", scopes=["send_events"]
    )
    answer = await send_as(text, raw(event(tenant=tenant.id)))
    assert answer.json()["accepted"][0]["runs"] == 1
    answer = await send_as(text, raw([event(), event(tenant=999_999)]))
    assert (answer.status, answer.json()["code"], answer.json()["position"]) == (400, "unknown_tenant", 1)


async def test_a_tenants_token_cannot_send_for_another(post: Sender, other_tenant: Any):
    answer = await post(raw(event(tenant=other_tenant.id)))
    assert (answer.status, answer.json()["code"]) == (400, "unknown_tenant")
    assert not await Event.objects.aexists()
