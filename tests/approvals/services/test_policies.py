"""What a task gets of its policy, and who may answer it then."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Actor
from accounts.models import Scope, Tenant
from accounts.roles import Role
from approvals.models import Answer, BusinessCalendar, Delegation, Policy, ReviewGroup, Task
from approvals.services import policies
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def here():
    return Tenant.objects.create(name="Here", slug="here")


@pytest.fixture
def there():
    return Tenant.objects.create(name="There", slug="there")


def made_policy(tenant, *reviewers, **more):
    document = {"stages": [{"levels": [{"reviewers": list(reviewers)}]}], **more}
    name = f"p{Policy.objects.count()}"
    return Policy.objects.create(tenant=tenant, name=name, document=document, created_at=NOW, updated_at=NOW)


def group(tenant, *members, name="Network"):
    made = ReviewGroup.objects.create(tenant=tenant, name=name, created_at=NOW, updated_at=NOW)
    made.members.set(members)
    return made


def held(tenant, policy, record=None, **more):
    more.setdefault("created_at", datetime.now(UTC))
    task = Task(tenant=tenant, type="REVIEW", state="QUEUEING", changed_at=NOW, **more)
    policies.hold(task, policy, record or {})
    task.save()
    return task


def asked(task):
    return set(task.reviewers["people"][0][0])


def test_a_group_a_user_and_a_role_are_asked(here):
    ann, ben = (make_user(f"{name}@here.example", Role.viewer, here) for name in ("ann", "ben"))
    admin = make_user("admin@here.example", Role.tenant_admin, here)
    policy = made_policy(
        here,
        {"kind": "user", "id": ann.pk},
        {"kind": "group", "id": group(here, ben).pk},
        {"kind": "role", "role": "tenant_admin"},
    )
    assert asked(held(here, policy)) == {ann.pk, ben.pk, admin.pk}


def test_a_manager_is_asked_for_the_tenants_of_the_scope(here, there):
    scope = Scope.objects.create(name="North")
    scope.tenants.add(here)
    manager = make_user("manager@example.org", Role.manager, None)
    manager.scope = scope
    manager.save()
    role = {"kind": "role", "role": "manager"}
    assert asked(held(here, made_policy(here, role))) == {manager.pk}
    assert asked(held(there, made_policy(there, role))) == set()


def test_who_cannot_see_tasks_is_not_asked(here):
    customer = make_user("x@here.example", Role.customer, here)
    assert asked(held(here, made_policy(here, {"kind": "user", "id": customer.pk}))) == set()


def test_nobody_of_another_tenant_is_asked(here, there):
    stranger = make_user("stranger@there.example", Role.tenant_admin, there)
    policy = made_policy(
        here, {"kind": "user", "id": stranger.pk}, {"kind": "group", "id": group(here, stranger).pk}
    )
    assert asked(held(here, policy)) == set()


@pytest.mark.parametrize(
    "record",
    [
        {"who": "ann@here.example"},
        {"who": ["nobody", "Ann@here.example"]},
        {"who": "Network"},
        {"who": "id"},
        {"who": {"id": "id"}},
    ],
)
def test_a_field_of_the_record_names_people(here, record):
    ann = make_user("ann@here.example", Role.viewer, here)
    group(here, ann)
    value = record["who"]
    if value == "id":
        value = ann.pk
    elif isinstance(value, dict):
        value = {"id": ann.pk}
    assert asked(held(here, made_policy(here, {"kind": "field", "path": "who"}), {"who": value})) == {ann.pk}


@pytest.mark.parametrize("value", [None, {}, [], 10**30, -1, True, "", [[1]], {"id": {"id": 1}}])
def test_a_field_that_names_nobody_asks_nobody(here, value):
    policy = made_policy(here, {"kind": "field", "path": "who"})
    assert asked(held(here, policy, {"who": value})) == set()


def test_a_record_cannot_name_a_group_of_another_owner_than_the_policys(here):
    group(here, make_user("ann@here.example", Role.viewer, here))
    policy = made_policy(None, {"kind": "field", "path": "who"})
    assert asked(held(here, policy, {"who": "Network"})) == set()


def test_the_tenants_policy_goes_before_the_platforms(here, there):
    own, common = made_policy(here), made_policy(None)
    Policy.objects.update(is_for_operations=True)
    assert policies.policy_for(Task(tenant=here)) == own
    assert policies.policy_for(Task(tenant=there)) == common


def test_a_task_keeps_policy_people_and_calendar_as_they_were(here):
    ann = make_user("ann@here.example", Role.viewer, here)
    calendar = BusinessCalendar.objects.create(
        tenant=here, name="Office", zone="UTC", week=[[[0, 1440]]] * 7, created_at=NOW, updated_at=NOW
    )
    team = group(here, ann)
    limit = {"after": {"minutes": 60, "clock": "business"}, "then": "cancel"}
    policy = made_policy(here, calendar=calendar.pk)
    policy.document["stages"][0]["levels"][0] = {
        "reviewers": [{"kind": "group", "id": team.pk}],
        "deadline": limit,
    }
    task = held(here, policy)
    due = task.due_at
    team.members.clear()
    calendar.delete()
    Policy.objects.all().delete()
    verdict = policies.verdict_of(Task.objects.get())
    assert (verdict.deadline, verdict.waiting_for) == (due, {ann.pk})
    assert due == task.created_at + timedelta(hours=1)


def answered(task, user, kind="continue", **more):
    now = datetime.now(UTC)
    return Answer.objects.create(task=task, user=user, kind=kind, way="page", at=now, **more)


def code(task, user, owner=None):
    refusal, is_override = policies.admitted(task, Actor.of_user(user), owner and owner.pk)
    return refusal.code if refusal else is_override


def test_who_is_asked_answers_and_others_do_not(here):
    ann, ben = (make_user(f"{name}@here.example", Role.viewer, here) for name in ("ann", "ben"))
    task = held(here, made_policy(here, {"kind": "user", "id": ann.pk}))
    assert code(task, ann) is False
    assert code(task, ben) == "not_asked"


def test_an_admin_overrules_and_is_bound_by_four_eyes(here):
    ann = make_user("ann@here.example", Role.viewer, here)
    admin = make_user("admin@here.example", Role.tenant_admin, here)
    root = make_user("root@example.org", Role.platform_admin, None)
    task = held(here, made_policy(here, {"kind": "user", "id": ann.pk}), requester=root)
    assert code(task, admin) is True
    assert code(task, root) == "four_eyes"
    strict = held(here, made_policy(here, {"kind": "user", "id": ann.pk}, overruling=False))
    assert code(strict, admin) == "not_asked"


def test_without_a_policy_only_who_decides_for_others_answers(here):
    viewer = make_user("ann@here.example", Role.viewer, here)
    admin = make_user("admin@here.example", Role.tenant_admin, here)
    task = held(here, None)
    assert code(task, viewer) == "not_asked"
    assert code(task, admin) is True
    task.requester = admin
    assert code(task, admin) == "four_eyes"


def test_a_delegate_answers_in_the_time_of_the_delegation(here):
    ann, ben = (make_user(f"{name}@here.example", Role.viewer, here) for name in ("ann", "ben"))
    task = held(here, made_policy(here, {"kind": "user", "id": ann.pk}))
    away = Delegation(
        owner=ann, delegate=ben, start=NOW, until=datetime.now(UTC) + timedelta(1), created_at=NOW
    )
    away.save()
    assert code(task, ben, ann) is False
    away.until = NOW
    away.save()
    assert code(task, ben, ann) == "no_delegation"


def test_who_was_deactivated_is_gone_since_it_was_first_seen(here):
    ann = make_user("ann@here.example", Role.viewer, here)
    task = held(here, made_policy(here, {"kind": "user", "id": ann.pk}))
    ann.is_active = False
    ann.save()
    later = datetime.now(UTC)
    assert policies.verdict_of(task, now=later).state == "unsatisfiable"
    task.save()
    context = policies.context_of(Task.objects.get(), later + timedelta(days=1))
    assert context.gone == {ann.pk: later}


def test_an_answer_counts_on_when_its_author_is_deleted(here):
    ann, ben = (make_user(f"{name}@here.example", Role.viewer, here) for name in ("ann", "ben"))
    policy = made_policy(here)
    level = {"reviewers": [{"kind": "user", "id": one.pk} for one in (ann, ben)], "approval": {"kind": "all"}}
    policy.document["stages"][0]["levels"][0] = level
    task = held(here, policy)
    answered(task, ann)
    ann_id = ann.pk
    ann.delete()
    verdict = policies.verdict_of(Task.objects.get())
    assert (verdict.answered, verdict.waiting_for) == ({ann_id}, {ben.pk})


def test_a_policy_that_names_nobody_has_problems_at_publish(here):
    policy = made_policy(here, {"kind": "group", "id": group(here).pk})
    found = policies.problems_at_publish(policy.name, here.pk)
    assert [(one.code, one.is_fatal) for one in found] == [("nobody_to_ask", True)]
    assert policies.problems_at_publish("unknown", here.pk) == []
