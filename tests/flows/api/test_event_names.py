"""What an event type may be called is the same at every door, so that what can arrive can be chosen."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from pydantic import ValidationError
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import User
from actions.nodes.triggers.event import EventConfig
from common.problems import Problem
from flows.api.intake.bodies import read_events
from flows.models import EventTypeDefinition
from flows.sdk.events import MAX_EVENT_NAME
from flows.services.event_types import define
from flows.services.flows import create_flow, read_or_refuse
from flows.services.sending import send_event
from flows.services.versions import publish
from tests.support.flows import line

GOOD = ["ping", "order.paid", "a-b.c", "a_b.c_d", "7.up", "2fa", "a.b.c.d", "new", "x" * MAX_EVENT_NAME]
BAD = [
    "",
    "Ping",
    "a..b",
    ".a",
    "a.",
    "a b",
    "-a",
    "_a",
    "a.-b",
    "ä.b",
    "a/b",
    "a\nb",
    "x" * (MAX_EVENT_NAME + 1),
]
NAMES = [(name, True) for name in GOOD] + [(name, False) for name in BAD]


@pytest.mark.parametrize(("name", "is_taken"), NAMES)
def test_every_door_takes_the_same_names(
    editor: APIClient, client: Client, flow_editor: User, name: str, is_taken: bool
) -> None:
    client.force_login(flow_editor)
    doors = {
        "intake": sent(flow_editor, name),
        "trigger": listened_to(name),
        "API": defined_by_api(editor, name),
        "page": defined_by_page(client, name),
    }
    assert doors == dict.fromkeys(doors, is_taken)


def sent(sender: User, name: str) -> bool:
    try:
        read_events(json.dumps({"type": name}).encode(), Actor.of_user(sender), None)
    except Problem:
        return False
    return True


def listened_to(name: str) -> bool:
    try:
        EventConfig.model_validate({"event": name})
    except ValidationError:
        return False
    return True


def defined_by_api(client: APIClient, name: str) -> bool:
    body = {"name": name, "label": "Any", "example": {"a": 1}}
    is_taken = client.post("/api/v1/event-types/", body).status_code == 201
    EventTypeDefinition.objects.all().delete()
    return is_taken


def defined_by_page(browser: Client, name: str) -> bool:
    form = {"name": name, "label": "Any", "shape": "example", "body": '{"a": 1}'}
    answer = browser.post("/events/define-type/", form)
    if answer.status_code != 302:
        return False
    return browser.get(answer["Location"]).context["kind"].name == name


def test_every_schema_says_so() -> None:
    document = yaml.safe_load((Path(settings.BASE_DIR) / "docs" / "openapi.yaml").read_text())
    parts = document["components"]["schemas"]
    for schema in (
        EventConfig.model_json_schema()["properties"]["event"],
        parts["NewEvent"]["properties"]["type"],
        parts["EventTypeRequest"]["properties"]["name"],
    ):
        assert {name: fits(schema, name) for name, _ in NAMES} == dict(NAMES)


def fits(schema: Any, name: str) -> bool:
    return re.search(schema["pattern"], name) is not None and len(name) <= schema["maxLength"]


def test_a_type_of_one_word_is_defined_chosen_and_sent(flow_editor: User) -> None:
    actor = Actor.of_user(flow_editor)
    define(actor=actor, name="ping", label="Ping", example={"a": 1})
    drawn = read_or_refuse(line(("t", "event", {"event": "ping"})))
    flow = create_flow(actor=actor, name="Pinged", document=drawn)
    publish(actor=actor, flow=flow, revision=flow.draft_revision, is_enabled=True)
    accepted = send_event(actor=actor, event_type="ping", payload={"a": 2}, tenant_id=actor.tenant_id)
    assert len(accepted.runs) == 1
