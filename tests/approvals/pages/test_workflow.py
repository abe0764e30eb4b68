"""The page of the workflow's switches, its connector and what was told to it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Tenant, User
from approvals.connector.held import try_out
from approvals.models import Delivery, DeliveryTry
from approvals.pages import workflow as workflow_page
from approvals.services import settings as workflow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]
PAGE = "/reviews/workflow/"
VALUES = {
    "is_enabled": "on",
    "endpoint": "https://tool.example.org/callback",
    "body": "json",
    "connect_ms": "60000",
    "read_ms": "10000",
}


@pytest.fixture
def person(platform_admin: User) -> Client:
    made = Client()
    made.force_login(platform_admin)
    return made


def test_it_switches_platform_and_tenants(person: Client, tenant: Tenant, other_tenant: Tenant):
    answer = person.post(PAGE, {**VALUES, "tenants": [str(tenant.pk)]})
    assert answer.status_code == 302
    assert workflow.holds(tenant.pk)
    assert not workflow.holds(other_tenant.pk)
    assert workflow.workflow_settings().endpoint == VALUES["endpoint"]
    person.post(PAGE, VALUES)
    assert not workflow.holds(tenant.pk)


def test_a_bad_endpoint_is_told_at_its_field(person: Client):
    answer = person.post(PAGE, {**VALUES, "endpoint": "ftp://tool.example.org"})
    assert answer.context["form"].errors["endpoint"]
    assert not workflow.workflow_settings().is_enabled


def test_a_test_is_sent_by_a_worker(person: Client, platform_admin: User):
    person.post(f"{PAGE}test/")
    assert not Delivery.objects.exists()
    workflow.set_workflow(Actor.of_user(platform_admin), endpoint=VALUES["endpoint"])
    person.post(f"{PAGE}test/")
    assert Delivery.objects.get().is_test


def test_every_try_is_shown(person: Client):
    delivery = try_out()
    error = {"code": "WKF-01", "message": "The connector answered 415.", "hint": "Try the other body."}
    DeliveryTry.objects.create(
        delivery=delivery, number=1, at=datetime.now(UTC), url="u", status=415, ms=12, error=error
    )
    text = person.get(PAGE).content.decode()
    assert "415 in 12 ms" in text
    assert "WKF-01: The connector answered 415. Try the other body." in text


def test_it_is_sent_again_by_hand(person: Client):
    delivery = try_out()
    Delivery.objects.update(state="failed", due_at=None, tries=11)
    person.post(f"/reviews/deliveries/{delivery.pk}/again/")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("waiting", 0)
    assert delivery.due_at is not None


def test_the_secret_is_shown_once(person: Client):
    answer = person.post(f"{PAGE}secret/")
    secret = workflow.secret_of(workflow.workflow_settings())
    assert secret in answer.content.decode()
    assert secret not in person.get(PAGE).content.decode()
    person.post(f"{PAGE}secret/", {"drop": "1"})
    assert workflow.workflow_settings().secret == ""


@pytest.mark.parametrize("role", ["tenant_admin", "manager", "viewer", "customer"])
def test_it_is_the_platform_s(request: pytest.FixtureRequest, role: str):
    other = Client()
    other.force_login(request.getfixturevalue(role))
    assert other.get(PAGE).status_code == 403
    assert other.post(f"{PAGE}secret/").status_code == 403


def test_a_delivery_of_others_is_unknown(tenant_admin: User):
    delivery = try_out()
    other = Client()
    other.force_login(tenant_admin)
    assert other.post(f"/reviews/deliveries/{delivery.pk}/again/").status_code == 404


def test_tenants_are_searched_and_those_on_other_pages_stay_as_they_are(
    person: Client, tenant: Tenant, other_tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workflow_page, "TENANTS_ON_A_PAGE", 1)
    workflow.set_workflow(Actor.system(), is_enabled=True)
    workflow.set_tenant_workflow(Actor.system(), other_tenant, True)
    body = {**VALUES, "tenants": [str(tenant.pk)], "shown": [str(tenant.pk)]}
    person.post(f"{PAGE}?q={tenant.name}", body)
    assert (workflow.holds(tenant.pk), workflow.holds(other_tenant.pk)) == (True, True)
    first, second = (person.get(PAGE, {"tenants": number}).context["form"] for number in (1, 2))
    assert [len(form.fields["tenants"].choices) for form in (first, second)] == [1, 1]
    found = person.get(PAGE, {"q": other_tenant.name}).context["form"].fields["tenants"].choices
    assert found == [(str(other_tenant.pk), other_tenant.name)]


def test_the_list_follows_while_a_delivery_waits(person: Client):
    delivery = try_out()
    assert person.get(PAGE).context["is_under_way"]
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.DELIVERED, due_at=None)
    assert not person.get(PAGE).context["is_under_way"]
