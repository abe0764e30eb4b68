"""The switches of the workflow."""

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant, User
from approvals.models import WorkflowSettings
from approvals.services import settings as workflow
from common.problems import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(platform_admin: User) -> Actor:
    return Actor.of_user(platform_admin)


def test_nothing_is_held_from_the_start(tenant: Tenant):
    assert not workflow.holds(tenant.pk)
    assert not workflow.workflow_settings().is_enabled


def test_both_switches_have_to_be_on(root: Actor, tenant: Tenant, other_tenant: Tenant):
    workflow.set_workflow(root, is_enabled=True)
    assert not workflow.holds(tenant.pk)
    workflow.set_tenant_workflow(root, tenant, True)
    assert workflow.holds(tenant.pk)
    assert not workflow.holds(other_tenant.pk)
    workflow.set_workflow(root, is_enabled=False)
    assert not workflow.holds(tenant.pk)


def test_nothing_of_the_platform_itself_is_held(root: Actor):
    workflow.set_workflow(root, is_enabled=True)
    assert not workflow.holds(None)


def test_every_change_is_in_the_audit_trail_once(root: Actor, tenant: Tenant):
    for _ in range(2):
        workflow.set_workflow(root, endpoint="https://flow.example.org/callback")
        workflow.set_tenant_workflow(root, tenant, True)
    told = list(AuditEntry.objects.order_by("id").values_list("target", "changes"))
    assert told == [
        ("workflow_settings", {"endpoint": ["", "https://flow.example.org/callback"]}),
        ("tenant", {"workflow": [False, True]}),
    ]


@pytest.mark.parametrize("endpoint", ["ftp://a.example", "https://user:pass@a.example", "nowhere", "http://"])
def test_an_endpoint_is_an_address_of_the_web(root: Actor, endpoint: str):
    with pytest.raises(Problem) as caught:
        workflow.set_workflow(root, endpoint=endpoint)
    assert (caught.value.code, caught.value.field) == ("bad_endpoint", "endpoint")


@pytest.mark.parametrize("values", [{"connect_ms": 1}, {"read_ms": 10**9}, {"body": "yaml"}])
def test_odd_values_change_nothing(root: Actor, values: dict):
    with pytest.raises(Problem) as caught:
        workflow.set_workflow(root, **values)
    assert caught.value.status == 400
    assert not WorkflowSettings.objects.exists()


@pytest.mark.parametrize("role", ["tenant_admin", "viewer", "customer"])
def test_only_admins_of_the_platform_change_it(request: pytest.FixtureRequest, tenant: Tenant, role: str):
    actor = Actor.of_user(request.getfixturevalue(role))
    for change in (
        lambda: workflow.set_workflow(actor, is_enabled=True),
        lambda: workflow.set_tenant_workflow(actor, tenant, True),
        lambda: workflow.new_secret(actor),
        lambda: workflow.drop_secret(actor),
    ):
        with pytest.raises(Problem) as caught:
            change()
        assert caught.value.status == 403


@pytest.mark.usefixtures("encryption_key")
def test_the_secret_is_kept_encrypted_and_never_told_again(root: Actor):
    secret = workflow.new_secret(root)
    row = workflow.workflow_settings()
    assert secret.startswith("whsec_")
    assert secret not in row.secret
    assert workflow.secret_of(row) == secret
    assert secret not in str(AuditEntry.objects.get().changes)
    workflow.drop_secret(root)
    assert workflow.secret_of(workflow.workflow_settings()) == ""
