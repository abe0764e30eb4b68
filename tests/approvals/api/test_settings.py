"""How people are told, and what a tenant may have, over the API: the services are those of the pages."""

from typing import Any

import pytest

from accounts.models import AuditEntry, Tenant, User
from approvals.models import NoticeSettings, TenantLimits
from approvals.services.notice_settings import telling_of
from tests.flows.api.conftest import Clients

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]
OWN = "/api/v1/review-notices/"


def of(tenant: Tenant, what: str = "review-notices") -> str:
    return f"/api/v1/tenants/{tenant.pk}/{what}/"


def test_a_tenant_has_the_platforms_until_it_says_something(
    api: Clients, platform_admin: Any, tenant_admin: Any
):
    api(platform_admin).patch(OWN, {"link_hours": 5}, format="json")
    assert (body := api(tenant_admin).get(OWN).json())["link_hours"] == 5
    assert not body["is_own"]
    body = api(tenant_admin).patch(OWN, {"link_hours": 7}, format="json").json()
    assert (body["link_hours"], body["is_own"]) == (7, True)
    assert api(platform_admin).get(OWN).json()["link_hours"] == 5


def test_the_platform_sets_what_holds_for_a_tenant(api: Clients, platform_admin: User, tenant: Tenant):
    answer = api(platform_admin).patch(of(tenant), {"mails_requester": False}, format="json")
    assert (answer.status_code, answer.json()["mails_requester"]) == (200, False)
    assert not telling_of(tenant.pk).row.mails_requester
    assert AuditEntry.objects.filter(target="notice_settings", tenant=tenant).exists()


def test_the_address_of_a_chat_is_taken_and_never_told(api: Clients, tenant_admin: User, tenant: Tenant):
    client = api(tenant_admin)
    answer = client.patch(OWN, {"chat_url": "https://chat.example.org/hooks/s3cret"}, format="json")
    assert answer.json()["has_chat"]
    assert b"s3cret" not in answer.content
    assert telling_of(tenant.pk).chat_url == "https://chat.example.org/hooks/s3cret"
    assert not client.patch(OWN, {"chat_url": ""}, format="json").json()["has_chat"]


def test_what_cannot_be_is_refused_with_its_field_and_changes_nothing(api: Clients, tenant_admin: User):
    for name, value in (
        ("link_hours", 0),
        ("chat_url", "ftp://x"),
        ("approval_subject", " "),
        ("nothing", 1),
    ):
        answer = api(tenant_admin).patch(OWN, {name: value}, format="json")
        assert answer.status_code == 400, name
        assert name in answer.content.decode()
    assert not NoticeSettings.objects.exists()


def test_limits_are_set_one_by_one_and_taken_away(api: Clients, platform_admin: User, tenant: Tenant):
    client = api(platform_admin)
    assert client.get(of(tenant, "limits")).json() == dict.fromkeys(("servers", "cpu", "ram", "disk"))
    client.patch(of(tenant, "limits"), {"servers": 3, "cpu": 8}, format="json")
    answer = client.patch(of(tenant, "limits"), {"cpu": None}, format="json")
    assert answer.json() == {"servers": 3, "cpu": None, "ram": None, "disk": None}
    assert client.patch(of(tenant, "limits"), {"ram": -1}, format="json").json()["field"] == "ram"
    assert TenantLimits.objects.get(tenant=tenant).ram is None


def test_an_admin_of_a_tenant_sets_no_limits_and_nothing_of_others(
    api: Clients, tenant_admin: User, tenant: Tenant, other_tenant: Tenant
):
    client = api(tenant_admin)
    assert client.patch(of(tenant, "limits"), {"servers": 99}, format="json").status_code == 403
    assert client.patch(of(other_tenant), {"link_hours": 1}, format="json").status_code == 404
