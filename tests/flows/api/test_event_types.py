"""Event types that come with the program, and those that people define."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import User
from flows.services.event_types import define
from flows.services.flows import create_flow, read_or_refuse
from flows.services.versions import publish
from tests.flows.api.conftest import Clients
from tests.support.flows import line

TYPES = "/api/v1/event-types/"
SCHEMA = {"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]}
PAID = {"name": "order.paid", "label": "Paid", "schema": SCHEMA}


def test_the_catalogue_lists_what_is_built_in(editor: APIClient):
    found = {entry["name"]: entry for entry in editor.get(TYPES).json()}
    created = found["server.created"]
    assert (created["is_builtin"], created["schema"]["type"]) == (True, "object")
    assert created["sample"]
    assert editor.get(f"{TYPES}server.created/").json() == created


def test_a_type_is_defined_by_schema_or_by_example(editor: APIClient):
    answer = editor.post(TYPES, PAID)
    assert answer.status_code == 201
    assert (answer.json()["schema"], answer.json()["is_builtin"]) == (SCHEMA, False)
    assert isinstance(answer.json()["sample"]["amount"], int)
    example = {"name": "order.lost", "label": "Lost", "example": {"amount": 3, "lines": [{"sku": "a"}]}}
    made = editor.post(TYPES, example).json()
    assert made["sample"] == example["example"]
    assert made["schema"]["properties"]["amount"]["type"] == "integer"
    names = [entry["name"] for entry in editor.get(TYPES).json()]
    assert {"order.paid", "order.lost"} <= set(names)


def test_a_type_is_changed_and_taken_away(editor: APIClient):
    editor.post(TYPES, PAID)
    answer = editor.put(f"{TYPES}order.paid/", {"label": "Paid up", "example": {"sum": 1.5}})
    assert answer.json()["label"] == "Paid up"
    assert editor.get(f"{TYPES}order.paid/").json() == answer.json()
    assert editor.delete(f"{TYPES}order.paid/").status_code == 204
    assert editor.get(f"{TYPES}order.paid/").status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"name": "Order"}, 400, "name"),
        ({"name": "a..b"}, 400, "name"),
        ({"name": "server.created"}, 409, "name"),
        ({"schema": None}, 400, "schema"),
        ({"schema": 5}, 400, "schema"),
        ({"schema": {"type": "string"}}, 400, "schema"),
        ({"schema": {"type": "object", "properties": 7}}, 400, "schema.properties"),
        ({"schema": {"type": "object", "title": "x" * 65_536}}, 400, "schema"),
        ({"schema": {"$ref": "http://127.0.0.1/x"}}, 400, "schema.$ref"),
        ({"schema": {"$ref": "#/nowhere"}}, 400, "schema.$ref"),
        ({"schema": {"type": ["object", 3]}}, 400, "schema"),
        ({"schema": {"properties": {"a": {"pattern": "("}}}}, 400, "schema.properties.a.pattern"),
        ({"schema": {"properties": {"a": {"pattern": "(?=a)"}}}}, 400, "schema.properties.a.pattern"),
        ({"example": {"a": 1}}, 400, "schema"),
        ({"label": ""}, 400, "label"),
        ({"colour": 1}, 400, "colour"),
    ],
)
def test_a_bad_type_is_refused_at_its_field(editor: APIClient, change: Any, status: int, field: str):
    answer = editor.post(TYPES, {**PAID, **change})
    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.content


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"properties": {"a": {"$ref": "#"}}},
        {"$defs": {"a": {"$ref": "#/$defs/a"}}, "properties": {"x": {"$ref": "#/$defs/a"}}},
        {"properties": {"a": True, "b": False}},
        {"properties": {"a": {"type": ["string", "null"]}, "b": {"enum": [1, "x", None]}}},
        {"anyOf": [{"type": "object"}, {"type": "null"}]},
        {"items": [{"type": "string"}], "additionalProperties": {"type": "integer"}},
        {"properties": {"a": {"type": "array", "items": False}, "b": {"type": "array", "items": [{}]}}},
        {"properties": {"": {"type": "string"}, "a.b": {}}},
    ],
)
def test_odd_schemas_are_stored_or_refused_but_break_nothing(editor: APIClient, schema: Any):
    answer = editor.post(TYPES, {**PAID, "schema": {"type": "object", **schema}})
    assert answer.status_code in (201, 400), answer.content
    assert editor.get(TYPES).status_code == 200


def test_a_name_is_taken_once_a_tenant(api: Clients, editor: APIClient, outsider_admin: User):
    assert editor.post(TYPES, PAID).status_code == 201
    assert editor.post(TYPES, PAID).status_code == 409
    assert api(outsider_admin).post(TYPES, PAID).status_code == 201


def test_what_a_flow_listens_to_stays(editor: APIClient, flow_editor: User):
    editor.post(TYPES, PAID)
    actor = Actor.of_user(flow_editor)
    drawing = line(("t", "event", {"event": "order.paid"}), ("s", "sleep", {"duration": "5s"}))
    flow = create_flow(actor=actor, name="Listens", document=read_or_refuse(drawing))
    publish(actor=actor, flow=flow, revision=1, is_enabled=True)
    answer = editor.delete(f"{TYPES}order.paid/")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")


def test_foreign_and_built_in_types_cannot_be_changed(
    api: Clients, editor: APIClient, outsider_admin: User, platform_admin: User
):
    editor.post(TYPES, PAID)
    define(actor=Actor.of_user(platform_admin), name="platform.news", label="News", schema=SCHEMA)
    body = {"label": "Mine", "schema": SCHEMA}
    stranger = api(outsider_admin)
    for name in ("order.paid", "no.such", "platform.news"):
        answers = [stranger.put(f"{TYPES}{name}/", body), stranger.delete(f"{TYPES}{name}/")]
        assert {answer.status_code for answer in answers} == {404}, name
    assert stranger.get(f"{TYPES}order.paid/").content == stranger.get(f"{TYPES}no.such/").content
    assert stranger.get(f"{TYPES}platform.news/").status_code == 200
    assert editor.put(f"{TYPES}server.created/", body).status_code == 409


def test_a_viewer_defines_nothing(api: Clients, viewer: User):
    client = api(viewer)
    assert client.get(TYPES).status_code == 200
    for answer in (client.post(TYPES, PAID), client.put(f"{TYPES}a/", {}), client.delete(f"{TYPES}a/")):
        assert answer.status_code == 403
