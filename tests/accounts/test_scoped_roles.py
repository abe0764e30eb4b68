"""Managers and connectors reach the tenants of their scope, and nothing of the platform."""

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, Scope, Tenant, User
from accounts.roles import Permission
from accounts.scope import visible
from accounts.services import scopes, tokens, users
from common.problems import Problem

NEW = {"name": "Mia", "email": "mia@x.example", "role": "manager"}


def test_a_manager_reaches_the_tenants_of_the_scope_and_the_own_one(
    manager: User, tenant: Tenant, other_tenant: Tenant, tenant_admin: User, outsider_admin: User
):
    assert set(visible(User, Actor.of_user(manager))) == {tenant_admin}
    assert Actor.of_user(manager).tenants == {tenant.pk}
    manager.tenant = other_tenant
    assert set(visible(User, Actor.of_user(manager))) == {tenant_admin, outsider_admin}


def test_a_scope_of_everyone_holds_tenants_that_are_made_later(manager: User, scope: Scope):
    scopes.update(Actor.system(), scope, {"is_everyone": True})
    made = Tenant.objects.create(name="New", slug="new")
    actor = Actor.of_user(User.objects.get(pk=manager.pk))
    assert actor.tenants is not None
    assert made.pk in actor.tenants
    assert not actor.is_platform


def test_without_scope_and_tenant_nothing_is_in_reach(manager: User, tenant_admin: User):
    manager.scope = None
    assert not visible(User, Actor.of_user(manager)).exists()


def test_a_manager_sees_no_rows_of_the_platform(manager: User, platform_admin: User):
    AuditEntry.objects.create(tenant=None, verb="x", target="y", target_id="1", actor_name="z", changes={})
    assert not visible(AuditEntry, Actor.of_user(manager)).exists()
    assert not visible(Scope, Actor.of_user(manager)).exists()


def test_only_the_platform_gives_scopes_and_changes_those_who_have_one(
    tenant_admin: User, platform_admin: User, scope: Scope, tenant: Tenant
):
    actor = Actor.of_user(tenant_admin)
    with pytest.raises(Problem) as refused:
        users.create(actor, {**NEW, "scope": scope})
    assert refused.value.code == "scope_too_wide"
    made, _ = users.create(Actor.of_user(platform_admin), {**NEW, "tenant": tenant, "scope": scope})
    for change in (
        lambda: users.reset_password(actor, made),
        lambda: users.update(actor, made, {"name": "Eve"}),
        lambda: users.delete(actor, made),
    ):
        with pytest.raises(Problem) as refused:
            change()
        assert refused.value.code == "scope_too_wide"


def test_a_token_for_a_connector_with_a_scope_is_the_platforms_to_make(
    tenant_admin: User, connector: User, tenant: Tenant
):
    connector.tenant = tenant
    connector.save()
    with pytest.raises(Problem) as refused:
        tokens.create(Actor.of_user(tenant_admin), name="t", scopes=["view_tasks"], user=connector)
    assert refused.value.code == "scope_too_wide"


@pytest.mark.parametrize(
    ("values", "code"),
    [({"role": "viewer"}, "role_without_scope"), ({"scope": None}, "role_with_scope")],
)
def test_a_scope_is_for_managers_and_connectors(platform_admin: User, manager: User, values, code):
    with pytest.raises(Problem) as refused:
        users.update(Actor.of_user(platform_admin), manager, values)
    assert refused.value.code == code


def test_a_connector_has_a_password_for_the_api_and_no_pages(platform_admin: User, scope: Scope, client):
    values = {**NEW, "role": "connector", "scope": scope, "tenant": None}
    made, password = users.create(Actor.of_user(platform_admin), values)
    assert password is not None
    assert made.check_password(password)
    assert not made.must_change_password
    assert not made.can_sign_in
    answer = client.post("/sign-in/", {"email": made.email, "password": password})
    assert answer.status_code != 302


def test_a_connector_reads_and_decides_tasks_and_nothing_else(connector: User):
    assert Actor.of_user(connector).permissions() == [Permission.workflow_override]


def test_who_holds_a_token_reaches_a_scope_as_it_is_now(
    platform_admin: User, manager: User, scope: Scope, other_tenant: Tenant
):
    actor = Actor.of_user(manager)
    assert tokens.still_valid(actor)
    scopes.update(Actor.of_user(platform_admin), scope, {"tenants": [other_tenant]})
    assert not tokens.still_valid(actor)
    assert Actor.of_user(User.objects.get(pk=manager.pk)).tenants == {other_tenant.pk}
