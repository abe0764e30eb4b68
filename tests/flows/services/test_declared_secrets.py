"""What an event type declares secret is masked in events from outside, wherever they come in."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from common.redact import MASK
from flows.models import Event, Run
from flows.sdk import event_types
from flows.sdk.schema import compile_schema, mask_secrets
from flows.sdk.work import Budget
from flows.services.event_types import define
from flows.services.sending import send_event
from flows.services.starting import start_flow
from tests.support.flows import line, published
from tests.support.spies import spies

pytestmark = pytest.mark.django_db
SECRET = "hunter2-very-secret"
MASKED = {"type": "string", "x-masked": True}


@pytest.fixture(autouse=True)
def spy_nodes() -> Iterator[Any]:
    with spies() as registered:
        yield registered


def holding(value: Any) -> dict[str, tuple[Any, Any]]:
    """Schemas that declare a secret in every way there is, each with a payload that has it."""
    secret = {"x-masked": True}
    return {
        "field": ({"properties": {"a": MASKED}}, {"a": SECRET}),
        "reference": ({"properties": {"a": {"$ref": "#/$defs/s"}}, "$defs": {"s": MASKED}}, {"a": SECRET}),
        "list": ({"properties": {"a": {"items": MASKED}}}, {"a": [SECRET, SECRET]}),
        "tuple": ({"properties": {"a": {"prefixItems": [{}, MASKED]}}}, {"a": [1, SECRET]}),
        "other fields": ({"properties": {"b": {}}, "additionalProperties": secret}, {"b": 1, "a": SECRET}),
        "pattern": ({"patternProperties": {"^a": secret}}, {"ab": SECRET}),
        "all of": ({"allOf": [{"properties": {"a": secret}}]}, {"a": SECRET}),
        "any of": ({"anyOf": [{"type": "object"}, {"properties": {"a": secret}}]}, {"a": SECRET}),
        "one of": ({"oneOf": [{"properties": {"a": secret}}, {"required": ["z"]}]}, {"a": SECRET}),
        "then": ({"if": {"required": ["a"]}, "then": {"properties": {"a": secret}}}, {"a": SECRET}),
        "dependent": ({"dependentSchemas": {"a": {"properties": {"a": secret}}}}, {"a": SECRET}),
        "object": ({"properties": {"a": {"x-masked": True, "type": "object"}}}, {"a": {"b": SECRET}}),
        "inside a secret": (
            {"properties": {"a": {"x-masked": True, "properties": {"b": secret}}}},
            {"a": {"b": SECRET}},
        ),
        "whole": ({"x-masked": True}, {"a": SECRET, "b": {"c": SECRET}}),
        "wide": (
            {"properties": {"a": {"type": "array", "items": {"properties": {"b": secret}}}}},
            {"a": [{"b": SECRET}] * 3},
        ),
    }


@pytest.mark.parametrize("name", holding(SECRET))
def test_a_declared_secret_is_masked_however_it_is_declared(name: str) -> None:
    schema, payload = holding(SECRET)[name]
    walk = compile_schema({"type": "object", **schema}).walk(payload, Budget(10**6))
    assert walk.misfits == []
    mask_secrets(payload, walk.secrets)
    assert SECRET not in str(payload)
    assert MASK in str(payload)


def test_null_stays_null_and_other_fields_stay() -> None:
    payload = {"a": None, "b": "x"}
    schema = compile_schema({"properties": {"a": {"x-masked": True}}})
    mask_secrets(payload, schema.walk(payload, Budget(10**6)).secrets)
    assert payload == {"a": None, "b": "x"}


SECRET_FIELDS = [
    (kind.name, path)
    for kind in event_types.values()
    for path, shape in kind.shape.paths()
    if shape.is_masked
]


def test_there_are_built_in_types_with_secrets() -> None:
    assert {path for _, path in SECRET_FIELDS} >= {"password", "confirmationToken"}


@pytest.mark.parametrize(("event_type", "field"), SECRET_FIELDS)
def test_a_secret_of_a_built_in_type_is_masked_when_sent_by_hand_or_run_by_hand(
    flow_editor: User, tenant: Tenant, event_type: str, field: str
) -> None:
    actor = Actor.of_user(flow_editor)
    flow = published(line(("t", "event", {"event": event_type}), ("a", "spy", {"name": "a"})), actor)
    payload = {"id": 1, field: SECRET}
    send_event(actor=actor, event_type=event_type, payload=dict(payload), tenant_id=tenant.id)
    start_flow(actor=actor, flow=flow, payload=dict(payload))
    events = list(Event.objects.all())
    assert [event.payload[field] for event in events] == [MASK, MASK]
    assert Run.objects.count() == 2


def test_a_condition_sees_the_mask(flow_editor: User, tenant: Tenant) -> None:
    actor = Actor.of_user(flow_editor)
    schema = {"type": "object", "properties": {"pin": MASKED}}
    made = define(actor=actor, name="door.opened", label="Door", schema=schema)
    assert made.sample["pin"] == MASK
    condition = {"field": "pin", "operation": "starts_with", "value": "hunter"}
    config = {"event": "door.opened", "condition": condition}
    published(line(("t", "event", config), ("a", "spy", {"name": "a"})), actor)
    accepted = send_event(actor=actor, event_type="door.opened", payload={"pin": SECRET}, tenant_id=tenant.id)
    assert accepted.runs == ()


def test_the_platforms_secrets_are_masked_in_a_tenants_type_of_that_name(
    flow_editor: User, tenant: Tenant
) -> None:
    from tests.support.flows import ADMIN

    actor = Actor.of_user(flow_editor)
    define(actor=actor, name="door.opened", label="Door", schema={"type": "object"})
    define(
        actor=ADMIN,
        name="door.opened",
        label="Door",
        schema={"type": "object", "properties": {"pin": MASKED}},
    )
    send_event(actor=actor, event_type="door.opened", payload={"pin": SECRET}, tenant_id=tenant.id)
    assert Event.objects.get().payload == {"pin": MASK}
