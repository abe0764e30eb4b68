"""Integrations: machine accounts whose permissions are chosen one by one."""

import pytest

from accounts.actors import Actor
from accounts.models import ApiToken, User
from accounts.roles import INTEGRATION_MAY, Permission
from accounts.services import tokens, users
from common.problems import Problem
from tests.accounts.api.test_authentication import bearer

URL = "/api/v1/users/"
NEW = {"name": "Billing", "email": "billing@x.example", "role": "integration"}


def token_for(integration: User, admin: User, *scopes: str) -> str:
    return tokens.create(Actor.of_user(admin), name="t", scopes=list(scopes), user=integration)[1]


def test_an_integration_has_the_permissions_chosen_for_it_and_no_password(api, tenant_admin: User):
    body = api(tenant_admin).post(URL, {**NEW, "permissions": ["balances", "send_events"]}).json()
    assert body["permissions"] == ["send_events", "balances"]
    assert body["one_time_password"] is None
    made = User.objects.get(pk=body["id"])
    assert not made.has_usable_password()
    assert not made.can_sign_in
    assert api(tenant_admin).post(f"{URL}{made.pk}/reset-password/").status_code == 409


@pytest.mark.parametrize("permission", sorted(set(Permission) - set(INTEGRATION_MAY)))
def test_what_a_machine_must_not_have_is_refused(api, tenant_admin: User, permission: str):
    answer = api(tenant_admin).post(URL, {**NEW, "permissions": [permission]})
    assert answer.status_code == 400
    assert answer.json()["field"].startswith("permissions")
    with pytest.raises(Problem, match="cannot hold"):
        users.create(Actor.of_user(tenant_admin), {**NEW, "permissions": [permission]})


@pytest.mark.parametrize("permission", [one for one in INTEGRATION_MAY if one is not Permission.view])
def test_nobody_gives_more_than_they_may(tenant_admin: User, permission: Permission):
    token, _ = tokens.create(Actor.of_user(tenant_admin), name="t", scopes=["manage_users", "send_events"])
    actor = tokens.actor_of_token(token)
    values = {**NEW, "permissions": [permission.value]}
    if permission is Permission.send_events:
        assert users.create(actor, values)[0].permissions == ["send_events"]
        return
    with pytest.raises(Problem) as refused:
        users.create(actor, values)
    assert (refused.value.status, refused.value.field) == (403, "permissions")


@pytest.mark.parametrize("role", ["viewer", "customer", "tenant_admin"])
def test_permissions_are_chosen_for_integrations_only(api, tenant_admin: User, role: str):
    answer = api(tenant_admin).post(URL, {**NEW, "role": role, "permissions": ["balances"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "not_an_integration")


def test_a_narrower_choice_counts_at_once_and_keeps_the_token(api, tenant_admin: User, integration: User):
    client = bearer(token_for(integration, tenant_admin, "balances", "view_inventory"))
    assert client.get("/api/v1/inventory/packages/").status_code == 200
    api(tenant_admin).patch(f"{URL}{integration.pk}/", {"permissions": ["balances"]})
    assert client.get("/api/v1/inventory/packages/").status_code == 403
    assert client.get("/api/v1/inventory/balances/").status_code == 200
    assert client.get("/api/v1/me/").json()["permissions"] == ["balances"]


def test_a_person_who_becomes_an_integration_loses_the_password(api, tenant_admin: User, viewer: User):
    api(tenant_admin).patch(f"{URL}{viewer.pk}/", {"role": "integration", "permissions": ["view"]})
    viewer.refresh_from_db()
    assert (viewer.permissions, viewer.has_usable_password()) == (["view"], False)
    api(tenant_admin).patch(f"{URL}{viewer.pk}/", {"role": "viewer"})
    viewer.refresh_from_db()
    assert viewer.permissions == []


def test_an_admin_makes_its_tokens(api, tenant_admin: User, integration: User):
    body = {"name": "ci", "scopes": ["balances"], "user": integration.pk}
    made = api(tenant_admin).post("/api/v1/tokens/", body).json()
    assert bearer(made["token"]).get("/api/v1/me/").json()["id"] == integration.pk
    assert ApiToken.objects.get(pk=made["id"]).parent is None
    assert bearer(made["token"]).get("/api/v1/tokens/").status_code == 403


@pytest.mark.parametrize("scope", ["view", "manage_inventory", "manage_users"])
def test_its_token_does_no_more_than_it_may(api, tenant_admin: User, integration: User, scope: str):
    body = {"name": "ci", "scopes": [scope], "user": integration.pk}
    answer = api(tenant_admin).post("/api/v1/tokens/", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_not_held")


def test_nobody_makes_a_token_of_another_person(api, tenant_admin: User, viewer: User, outsider_admin: User):
    for other in (viewer, outsider_admin):
        body = {"name": "x", "scopes": ["view"], "user": other.pk}
        assert api(tenant_admin).post("/api/v1/tokens/", body).status_code == 400
    assert not ApiToken.objects.exists()


def test_an_editor_makes_no_tokens_of_an_integration(api, flow_editor: User, integration: User):
    body = {"name": "x", "scopes": ["send_events"], "user": integration.pk}
    assert api(flow_editor).post("/api/v1/tokens/", body).status_code == 403
