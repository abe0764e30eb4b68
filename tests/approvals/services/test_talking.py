"""What is said to a task without deciding it."""

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry
from approvals.models import Answer
from approvals.services.talking import acknowledge, ask, comment, reassign
from common.problems import Problem
from tests.approvals.services.test_asking import asks, away, held, person

pytestmark = pytest.mark.django_db
API = Answer.Way.API


def refusal(do, **more):
    with pytest.raises(Problem) as caught:
        do(**more)
    return caught.value.code


def test_a_reviewer_asks_and_whoever_requested_it_answers(boss, customer, hold):
    task = hold()
    ask(actor=boss, task_id=task.id, message="What for?", way=API)
    comment(actor=Actor.of_user(customer), task_id=task.id, message="For the shop.", way=API)
    task.refresh_from_db()
    assert task.state == "QUEUEING"
    assert [(one.kind, one.message) for one in task.answers.all()] == [
        ("question", "What for?"),
        ("comment", "For the shop."),
    ]
    assert list(AuditEntry.objects.filter(target="task").values_list("verb", flat=True)) == [
        "commented",
        "asked",
    ]


def test_who_has_no_part_in_a_task_says_nothing_to_it(viewer, hold):
    actor, task = Actor.of_user(viewer), hold()
    assert refusal(comment, actor=actor, task_id=task.id, message="Hm.", way=API) == "not_asked"
    assert refusal(ask, actor=actor, task_id=task.id, message="Hm?", way=API) == "not_asked"


def test_an_empty_comment_is_refused(boss, hold):
    assert refusal(comment, actor=boss, task_id=hold().id, message="  ", way=API) == "required"


def test_a_task_is_handed_over(boss, tenant_admin, hold):
    task = reassign(actor=boss, task_id=hold().id, to_users=[tenant_admin.pk], way=API)
    assert task.answers.get().to_users == [tenant_admin.pk]


def test_only_people_who_could_decide_are_asked(boss, customer, outsider_admin, hold):
    task = hold()
    for user in (customer, outsider_admin):
        code = refusal(reassign, actor=boss, task_id=task.id, to_users=[user.pk], way=API)
        assert code == "unknown_user"


def test_a_failed_task_is_acknowledged_once(boss, hold):
    task = hold(state="FINISHED_UNSUCCESSFULLY")
    assert acknowledge(actor=boss, task_id=task.id).state == "ACK_ERROR"
    assert refusal(acknowledge, actor=boss, task_id=task.id) == "not_failed"


def test_a_delegate_talks_in_the_place_of_who_is_away_and_passes_nothing_on(tenant, manager):
    ann, ben = person(tenant, "ann"), person(tenant, "ben")
    away(ann, ben)
    task, actor = held(tenant, asks(ann)), Actor.of_user(ben)
    ask(actor=actor, task_id=task.id, message="What for?", way=API)
    comment(actor=actor, task_id=task.id, message="I look.", way=API)
    said = list(task.answers.filter(user=ben).values_list("kind", "on_behalf_of"))
    assert said == [("question", ann.pk), ("comment", ann.pk)]
    assert refusal(reassign, actor=actor, task_id=task.id, to_users=[manager.pk], way=API) == "not_asked"


def test_a_delegate_says_nothing_where_the_policy_takes_none(tenant):
    ann, ben = person(tenant, "ann"), person(tenant, "ben")
    away(ann, ben)
    task, actor = held(tenant, asks(ann), delegates=False), Actor.of_user(ben)
    for say in (ask, comment):
        assert refusal(say, actor=actor, task_id=task.id, message="Hm.", way=API) == "not_asked"
