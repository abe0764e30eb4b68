"""Rows of other tenants are out of reach."""

import pytest
from django.contrib.sessions.models import Session

from accounts.actors import Actor
from accounts.models import PlatformSettings, Tenant, User
from accounts.scope import visible


def test_a_tenants_actor_sees_its_own_rows_only(
    tenant_admin: User, outsider_admin: User, platform_admin: User
):
    assert set(visible(User, Actor.of_user(tenant_admin))) == {tenant_admin}
    assert set(visible(Tenant, Actor.of_user(tenant_admin))) == {tenant_admin.tenant}


def test_the_platform_sees_all(tenant_admin: User, outsider_admin: User, platform_admin: User):
    assert visible(User, Actor.of_user(platform_admin)).count() == 3
    assert visible(User.objects.filter(pk=tenant_admin.pk), Actor.system()).count() == 1


def test_the_program_on_behalf_of_a_tenant_sees_that_tenant(tenant_admin: User, outsider_admin: User):
    assert set(visible(User, Actor.system(tenant_admin.tenant_id))) == {tenant_admin}


def test_a_customer_without_tenant_sees_nothing(tenant_admin: User):
    customer = Actor(user_id=9, tenant_id=None, role=None, name="customer")
    assert not visible(User, customer).exists()


def test_platform_rows_are_not_for_tenants(tenant_admin: User):
    PlatformSettings.objects.create()
    assert not visible(PlatformSettings, Actor.of_user(tenant_admin)).exists()


def test_a_model_that_does_not_say_its_tenant_is_refused(platform_admin: User):
    with pytest.raises(TypeError, match="tenant_path"):
        visible(Session, Actor.of_user(platform_admin))
