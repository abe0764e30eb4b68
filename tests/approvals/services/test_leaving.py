"""Who can no longer decide is not waited for: the task is due for a look in the transaction of the change."""

from datetime import UTC, datetime

import pytest

from accounts.actors import Actor
from accounts.models import Scope, Tenant, User
from accounts.roles import Role
from accounts.services import scopes, tenants, users
from approvals.models import Policy, Task
from approvals.services import asking, policies
from approvals.services.looking import look
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ROOT = Actor.system()


@pytest.fixture
def ann(tenant: Tenant) -> User:
    return make_user("ann@acme.example", Role.viewer, tenant)


def asked(tenant: Tenant, *people: User) -> Task:
    """A task by a policy that asks these people and sets no time."""
    level = {"reviewers": [{"kind": "user", "id": one.pk} for one in people]}
    now = datetime.now(UTC)
    task = Task(tenant=tenant, type="REVIEW", state="QUEUEING", created_at=now, changed_at=now)
    policies.hold(task, Policy(tenant=tenant, name="p", document={"stages": [{"levels": [level]}]}), {})
    task.save()
    verdict = policies.verdict_of(task)
    assert verdict is not None
    asking.keep(task, verdict)
    return task


def is_due(task: Task) -> bool:
    task.refresh_from_db()
    return task.due_at is not None


def test_a_reviewer_who_is_deactivated_is_not_waited_for(tenant, ann, boss):
    task = asked(tenant, ann)
    users.update(ROOT, ann, {"is_active": False})
    assert is_due(task)
    assert look() == 1
    assert list(task.answers.filter(kind="escalate").values_list("to_users", flat=True)) == [[boss.user_id]]


@pytest.mark.parametrize("change", [{"role": Role.customer}, {"role": Role.connector}])
def test_neither_is_one_who_loses_the_role(tenant, ann, change):
    task = asked(tenant, ann)
    users.update(ROOT, ann, change)
    assert is_due(task)


def test_neither_is_one_who_is_deleted(tenant, ann):
    task = asked(tenant, ann)
    users.delete(ROOT, ann)
    assert is_due(task)


def test_neither_is_one_whose_scope_gets_smaller(tenant, outsider_admin):
    scope = Scope.objects.create(name="Both")
    scope.tenants.add(tenant)
    away = make_user("away@other.example", Role.manager, outsider_admin.tenant)
    away.scope = scope
    away.save()
    task = asked(tenant, away)
    scopes.update(ROOT, scope, {"tenants": []})
    assert is_due(task)


def test_neither_are_the_people_of_a_tenant_that_is_switched_off(tenant, ann):
    task = asked(tenant, ann)
    tenants.update(ROOT, tenant, {"is_active": False})
    assert is_due(task)


def test_who_can_still_decide_is_waited_for(tenant, ann):
    task = asked(tenant, ann)
    users.update(ROOT, ann, {"name": "Ann", "role": Role.flow_editor})
    assert not is_due(task)


def test_tasks_that_ask_others_are_left_alone(tenant, ann):
    task = asked(tenant, make_user("ben@acme.example", Role.viewer, tenant))
    users.update(ROOT, ann, {"is_active": False})
    assert not is_due(task)
