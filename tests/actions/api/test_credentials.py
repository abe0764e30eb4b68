"""Credentials over the API: written, never read back."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import User
from actions.models import Credential
from actions.services import credentials
from tests.support.credentials import CANARY
from tests.support.flows import line, published

Api = Callable[[User | None], APIClient]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api_type", "encryption_key")]
URL = "/api/v1/credentials/"
BODY = {"type": "api", "name": "shop", "values": {"user": "ops", "key": CANARY}}


def test_a_credential_is_made_and_shown_without_its_secrets(api: Api, tenant_admin: User) -> None:
    made = api(tenant_admin).post(URL, BODY)
    assert made.status_code == 201
    body = made.json()
    assert body["live"] == {"values": {"host": "api.example.org", "user": "ops"}, "secrets": ["key"]}
    answers = [made, api(tenant_admin).get(URL), api(tenant_admin).get(f"{URL}{body['id']}/")]
    assert CANARY not in "".join(answer.content.decode() for answer in answers)


def test_a_refused_secret_is_not_in_the_answer(api: Api, tenant_admin: User) -> None:
    refused = api(tenant_admin).post(URL, {**BODY, "values": {"user": "o", "key": CANARY, CANARY: 1}})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_credential")
    assert refused.json()["field"] == "values.user"
    assert f'"{CANARY}"' not in refused.content.decode().replace(f"values.{CANARY}", "")


def test_one_in_use_wants_a_word(api: Api, api_credential: Credential, tenant_admin: User) -> None:
    flow = published(
        line(("t", "manual", {}), ("c", "call", {"credential": "shop"})), Actor.of_user(tenant_admin)
    )
    client, address = api(tenant_admin), f"{URL}{api_credential.pk}/"
    uses = client.get(f"{address}uses/").json()
    assert uses == [{"id": str(flow.id), "name": "Test flow", "is_live": True}]
    for answer in (client.patch(address, {"values": {"key": "another-one"}}), client.delete(address)):
        assert (answer.status_code, answer.json()["code"], answer.json()["flows"]) == (409, "in_use", uses)
    assert client.patch(address, {"values": {"key": "another-one"}, "confirm": True}).status_code == 200
    assert client.delete(f"{address}?confirm=true").status_code == 204


def test_null_takes_the_values_for_trying_out_away(
    api: Api, api_credential: Credential, tenant_admin: User
) -> None:
    client, address = api(tenant_admin), f"{URL}{api_credential.pk}/"
    trial = {"values": {"host": "api.example.org", "user": "trial"}, "secrets": ["key"]}
    sent = {"staging": {"user": "trial", "key": "trial-key"}}
    assert client.patch(address, sent).json()["staging"] == trial
    assert client.patch(address, {"staging": None}).json()["staging"] is None


def test_what_is_shared_is_read_and_not_changed(api: Api, platform_admin: User, tenant_admin: User) -> None:
    values = {"user": "ops", "key": CANARY}
    actor = Actor.of_user(platform_admin)
    shared = credentials.create(actor=actor, type="api", name="ours", values=values, is_shared=True)
    credentials.create(actor=actor, type="api", name="hidden", values=values)
    assert [row["name"] for row in api(tenant_admin).get(URL).json()["results"]] == ["ours"]
    assert api(tenant_admin).patch(f"{URL}{shared.pk}/", {"name": "mine"}).status_code == 404


def test_the_list_is_narrowed_by_type_and_name(
    api: Api, api_credential: Credential, flow_editor: User
) -> None:
    def names(query: str) -> list[Any]:
        return [row["name"] for row in api(flow_editor).get(f"{URL}?{query}").json()["results"]]

    assert (names("type=api,other"), names("type=other"), names("q=sho"), names("q=x")) == (
        ["shop"],
        [],
        ["shop"],
        [],
    )


def test_types_come_with_their_form(api: Api, flow_editor: User) -> None:
    kinds = {kind["type"]: kind for kind in api(flow_editor).get("/api/v1/credential-types/").json()}
    assert kinds["api"]["config_schema"]["properties"]["key"]["x-secret"] is True
    assert "x-secret" not in kinds["api"]["config_schema"]["properties"]["user"]


def test_a_test_is_asked_of_a_worker(api: Api, api_credential: Credential, tenant_admin: User) -> None:
    asked = api(tenant_admin).post(f"{URL}{api_credential.pk}/test/", {})
    assert (asked.status_code, asked.json()["kind"], asked.json()["status"]) == (
        202,
        "credential-test",
        "queued",
    )
    health = api(tenant_admin).get(f"{URL}{api_credential.pk}/").json()["health"]
    assert (health["state"], health["text"]) == ("unknown", "It was not tested yet.")


def test_values_for_trying_out_are_tested_only_where_there_are_some(
    api: Api, api_credential: Credential, tenant_admin: User
) -> None:
    refused = api(tenant_admin).post(f"{URL}{api_credential.pk}/test/", {"staging": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_staging")


def test_a_shared_credential_of_the_platform_is_tested_by_the_platform_alone(
    api: Api, platform_admin: User, tenant_admin: User
) -> None:
    values = {"user": "ops", "key": CANARY}
    row = credentials.create(
        actor=Actor.of_user(platform_admin), type="api", name="common", values=values, is_shared=True
    )
    assert api(tenant_admin).get(f"{URL}{row.pk}/").status_code == 200
    assert api(tenant_admin).post(f"{URL}{row.pk}/test/", {}).status_code == 404
    assert api(platform_admin).post(f"{URL}{row.pk}/test/", {}).status_code == 202
