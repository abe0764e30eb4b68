"""The switches of the workflow and its connector over the API: the platform's alone, and its secret is never read."""

import pytest

from accounts.models import AuditEntry, Tenant, User
from approvals.models import Delivery, WorkflowSettings
from approvals.services import settings as workflow
from tests.flows.api.conftest import Clients

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]
ROUTE = "/api/v1/workflow/"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ENDPOINT = "https://tool.example.org/callback"


def own(tenant: Tenant) -> str:
    return f"/api/v1/tenants/{tenant.pk}/workflow/"


def test_a_change_leaves_the_rest_and_is_written_down(api: Clients, platform_admin: User):
    client = api(platform_admin)
    assert not client.get(ROUTE).json()["is_enabled"]
    client.patch(ROUTE, {"endpoint": ENDPOINT, "read_ms": 500}, format="json")
    answer = client.patch(ROUTE, {"is_enabled": True}, format="json")
    assert answer.json() == {
        "is_enabled": True,
        "endpoint": ENDPOINT,
        "body": "json",
        "connect_ms": 60_000,
        "read_ms": 500,
        "is_signed": False,
    }
    assert AuditEntry.objects.filter(target="workflow_settings").count() == 2


def test_a_tenant_is_switched_on_and_off(
    api: Clients, platform_admin: User, tenant: Tenant, other_tenant: Tenant
):
    client = api(platform_admin)
    client.patch(ROUTE, {"is_enabled": True}, format="json")
    assert client.get(own(tenant)).json() == {"is_enabled": False}
    assert client.put(own(tenant), {"is_enabled": True}, format="json").json() == {"is_enabled": True}
    assert (workflow.holds(tenant.pk), workflow.holds(other_tenant.pk)) == (True, False)
    client.put(own(tenant), {"is_enabled": False}, format="json")
    assert not workflow.holds(tenant.pk)


def test_a_tenant_that_is_not_there_is_unknown(api: Clients, platform_admin: User):
    answer = api(platform_admin).put("/api/v1/tenants/999999/workflow/", {"is_enabled": True}, format="json")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint", "ftp://tool.example.org"),
        ("body", "yaml"),
        ("read_ms", 1),
        ("connect_ms", 10**9),
        ("is_signed", True),
        ("secret", SECRET),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_changes_nothing(
    api: Clients, platform_admin: User, name: str, value: object
):
    answer = api(platform_admin).patch(ROUTE, {"is_enabled": True, name: value}, format="json")
    assert answer.status_code == 400
    assert name in answer.content.decode()
    assert not WorkflowSettings.objects.exists()


def test_a_new_secret_is_told_once(api: Clients, platform_admin: User):
    client = api(platform_admin)
    secret = client.post(f"{ROUTE}secret/").json()["secret"]
    assert workflow.secret_of(workflow.workflow_settings()) == secret
    answer = client.get(ROUTE)
    assert answer.json()["is_signed"]
    assert secret not in answer.content.decode()
    assert client.get(f"{ROUTE}secret/").status_code == 405


def test_a_secret_that_the_connector_has_is_taken_and_never_told(api: Clients, platform_admin: User):
    answer = api(platform_admin).put(f"{ROUTE}secret/", {"secret": SECRET}, format="json")
    assert answer.json()["is_signed"]
    assert SECRET not in answer.content.decode() + str(AuditEntry.objects.get().changes)
    assert workflow.secret_of(workflow.workflow_settings()) == SECRET


@pytest.mark.parametrize(
    "secret", ["whsec_c2hvcnQ=", "whsec_not base64!", "whsec_schlüssel", f"whsec_{'c2Vj' * 22}", SECRET[6:]]
)
def test_what_is_no_secret_is_refused(api: Clients, platform_admin: User, secret: str):
    answer = api(platform_admin).put(f"{ROUTE}secret/", {"secret": secret}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_secret")
    assert secret not in answer.content.decode()
    assert not WorkflowSettings.objects.exists()


def test_deliveries_go_out_unsigned_again(api: Clients, platform_admin: User):
    client = api(platform_admin)
    client.post(f"{ROUTE}secret/")
    assert client.delete(f"{ROUTE}secret/").status_code == 204
    assert not client.get(ROUTE).json()["is_signed"]


def test_a_test_is_sent_where_there_is_an_endpoint(api: Clients, platform_admin: User):
    client = api(platform_admin)
    assert client.post(f"{ROUTE}test/").json()["code"] == "no_endpoint"
    client.patch(ROUTE, {"endpoint": ENDPOINT}, format="json")
    answer = client.post(f"{ROUTE}test/")
    assert answer.status_code == 202
    assert Delivery.objects.get(pk=answer.json()["id"]).is_test
