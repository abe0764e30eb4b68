"""Who is asked about tasks, as rows tell it: it is what the policy itself would let somebody answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.models import Answer, Asked, Delegation, Policy, Task
from approvals.services import asking, policies, queue, settling
from approvals.services.deciding import decide
from approvals.services.permitting import refusal_of
from approvals.services.standing_in import stands_in_for
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def person(tenant: Tenant, name: str) -> User:
    return make_user(f"{name}@acme.example", Role.viewer, tenant)


def asks(*people: User, **rules: Any) -> dict[str, Any]:
    return {"levels": [{"reviewers": [{"kind": "user", "id": one.pk} for one in people], **rules}]}


def held(tenant: Tenant, *stages: Any, **more: Any) -> Task:
    """A task that waits by a policy of these stages, and was looked at."""
    document = {
        "stages": list(stages),
        **{key: more.pop(key) for key in ("delegates", "four_eyes", "overruling") if key in more},
    }
    name = f"p{Policy.objects.count()}"
    policy = Policy.objects.create(
        tenant=tenant, name=name, document=document, created_at=NOW, updated_at=NOW
    )
    now = datetime.now(UTC)
    task = Task(tenant=tenant, type="REVIEW", state="QUEUEING", created_at=now, changed_at=now, **more)
    policies.hold(task, policy, {})
    task.save()
    settling.settle(task, now)
    return task


def away(owner: User, delegate: User) -> None:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    Delegation.objects.create(
        owner=owner, delegate=delegate, start=now - hour, until=now + hour, created_at=now
    )


def says(user: User, task: Task, *, absent: User | None = None) -> None:
    decide(
        actor=Actor.of_user(user),
        task_id=task.id,
        kind=Answer.Kind.CONTINUE,
        way=Answer.Way.PAGE,
        on_behalf_of=absent.pk if absent else None,
    )


def finds(user: User, *tasks: Task) -> list[Task]:
    """Those that the rows tell; it is seen that the policies tell the same."""
    actor = Actor.of_user(user)
    rows = {row.task_id for row in asking.asked_of(actor)}
    for task in tasks:
        task.refresh_from_db()
        directly = refusal_of(task, actor, Answer.Kind.CONTINUE) is None
        assert (task.id in rows) == (directly or stands_in_for(task, actor) is not None)
    return [task for task in tasks if task.id in rows]


def test_only_those_are_asked_whose_turn_it_is(tenant: Tenant):
    ann, ben, eve = (person(tenant, name) for name in ("ann", "ben", "eve"))
    task = held(tenant, asks(ann), asks(ben))
    assert [finds(one, task) for one in (ann, ben, eve)] == [[task], [], []]
    says(ann, task)
    assert [finds(one, task) for one in (ann, ben, eve)] == [[], [task], []]
    says(ben, task)
    assert not Asked.objects.exists()


def test_who_answered_waits_for_the_others(tenant: Tenant):
    ann, ben = person(tenant, "ann"), person(tenant, "ben")
    task = held(tenant, asks(ann, ben, approval={"kind": "all"}))
    says(ann, task)
    assert [finds(one, task) for one in (ann, ben)] == [[], [task]]


def test_a_delegate_is_asked_in_the_place_of_who_is_away(tenant: Tenant):
    ann, ben = person(tenant, "ann"), person(tenant, "ben")
    task, closed = held(tenant, asks(ann)), held(tenant, asks(ann), delegates=False)
    away(ann, ben)
    assert finds(ben, task, closed) == [task]
    assert asking.places_of(Actor.of_user(ben), [task, closed]) == {task.id: ann}
    assert asking.places_of(Actor.of_user(ann), [task]) == {task.id: None}


def test_a_delegate_who_has_answered_or_asked_for_it_is_not_asked(tenant: Tenant):
    ann, ben = person(tenant, "ann"), person(tenant, "ben")
    away(ann, ben)
    answered = held(tenant, asks(ann, ben, approval={"kind": "all"}))
    says(ben, answered)
    own = held(tenant, asks(ann), requester=ben)
    allowed = held(tenant, asks(ann), requester=ben, four_eyes=False)
    assert finds(ben, answered, own, allowed) == [allowed]


def test_who_answered_for_another_does_not_answer_again(tenant: Tenant):
    ann, ben = person(tenant, "ann"), person(tenant, "ben")
    away(ann, ben)
    task = held(tenant, asks(ann, ben, approval={"kind": "all"}))
    says(ben, task, absent=ann)
    assert finds(ben, task) == []


def test_a_badge_counts_what_is_asked_and_no_more(tenant: Tenant):
    ann, ben = person(tenant, "ann"), person(tenant, "ben")
    held(tenant, asks(ann))
    held(tenant, asks(ben))
    assert queue.waiting_for(Actor.of_user(ann)) == 1
    away(ben, ann)
    assert queue.waiting_for(Actor.of_user(ann)) == 2
    assert queue.waiting_for(Actor.of_user(person(tenant, "eve"))) == 0


def test_a_badge_leaves_out_what_a_policy_does_not_let_one_overrule(tenant: Tenant):
    ann, boss = person(tenant, "ann"), make_user("boss@acme.example", Role.manager, tenant)
    open_to_all, closed = held(tenant, asks(ann)), held(tenant, asks(ann), overruling=False)
    actor = Actor.of_user(boss)
    assert queue.waiting_for(actor) == 1
    held(tenant, asks(boss), overruling=False)
    assert queue.waiting_for(actor) == 2
    decides = {task: queue.row_of(actor, task, {}).may_continue for task in (open_to_all, closed)}
    assert decides == {open_to_all: True, closed: False}


def test_moving_to_another_tenant_takes_the_tasks_away(tenant: Tenant, other_tenant: Tenant):
    ann = person(tenant, "ann")
    held(tenant, asks(ann))
    ann.tenant = other_tenant
    ann.save()
    assert queue.waiting_for(Actor.of_user(ann)) == 0
