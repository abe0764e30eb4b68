"""Events that the program alone tells come in by no door, and nobody defines a type of their name."""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import User
from common.problems import Problem
from flows.api.intake.types import TypeCheck
from flows.api.intake.work_pool import WorkPool
from flows.models import Event, EventTypeDefinition
from flows.sdk import LIFE_CYCLE_EVENTS, NodeError, event_types
from flows.sdk.emitting import Outbox
from flows.sdk.events import is_reserved
from flows.services.event_types import define
from flows.services.known_types import list_event_types
from flows.services.sending import send_event
from flows.store.new_events import NewEvent

pytestmark = pytest.mark.django_db
RESERVED = [name for name in event_types if is_reserved(name)]


def payload_of(name: str) -> dict[str, Any]:
    return dict(event_types.get(name).sample)


def test_the_life_cycle_is_among_them() -> None:
    assert set(LIFE_CYCLE_EVENTS) <= set(RESERVED)


@pytest.mark.parametrize("name", RESERVED)
@pytest.mark.parametrize("is_platform", [True, False])
def test_the_intake_refuses_it(flow_editor: User, platform_admin: User, name: str, is_platform: bool) -> None:
    tenant_id = None if is_platform else flow_editor.tenant_id
    event = NewEvent(name, payload_of(name), tenant_id, "api")
    with pytest.raises(Problem) as refused:
        async_to_sync(TypeCheck(WorkPool()).check)([event], tenant_id)
    assert (refused.value.status, refused.value.code) == (400, "reserved_event_type")


@pytest.mark.parametrize("name", RESERVED)
def test_nobody_sends_it_by_hand(platform_admin: User, name: str) -> None:
    actor = Actor.of_user(platform_admin)
    with pytest.raises(Problem) as refused:
        send_event(actor=actor, event_type=name, payload=payload_of(name), tenant_id=None)
    assert refused.value.code == "reserved_event_type"


@pytest.mark.parametrize("name", LIFE_CYCLE_EVENTS)
def test_nobody_defines_it(editor: APIClient, client: Client, platform_admin: User, name: str) -> None:
    body = {"name": name, "label": "Mine", "example": {"a": 1}}
    assert editor.post("/api/v1/event-types/", body).json()["code"] == "name_taken"
    client.force_login(platform_admin)
    form = {"name": name, "label": "Mine", "shape": "example", "body": json.dumps({"a": 1})}
    assert client.post("/events/define-type/", form).status_code == 200
    assert not EventTypeDefinition.objects.exists()


@pytest.mark.parametrize("name", LIFE_CYCLE_EVENTS)
def test_a_definition_of_an_older_release_does_not_shadow_it(flow_editor: User, name: str) -> None:
    actor = Actor.of_user(flow_editor)
    made = define(actor=actor, name="mine", label="Mine", example={"a": 1})
    EventTypeDefinition.objects.filter(pk=made.pk).update(name=name)
    (known,) = [kind for kind in list_event_types(actor) if kind.name == name]
    assert known.is_builtin
    with pytest.raises(Problem):
        send_event(actor=actor, event_type=name, payload={"a": 2}, tenant_id=actor.tenant_id)
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", LIFE_CYCLE_EVENTS)
@pytest.mark.parametrize(
    "module", ["actions.nodes.actions.webhook", "jobs.nodes", "acme.nodes", "flows.sdk.life_cycle"]
)
def test_no_package_emits_it(module: str, name: str) -> None:
    with pytest.raises(NodeError, match="no event type that this package declares"):
        Outbox.of(module).emit(name, payload_of(name))
