"""Deciding tasks: who may, what is kept, and that it happens once."""

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry
from approvals.models import Answer, Task
from approvals.services.deciding import decide
from common.ids import new_id
from common.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CONTINUE, CANCEL = Answer.Kind.CONTINUE, Answer.Kind.CANCEL


def said(actor, task, kind=CONTINUE, **more):
    return decide(actor=actor, task_id=task.id, kind=kind, **{"way": Answer.Way.API, **more})


def refused(*args, **more):
    with pytest.raises(Problem) as caught:
        said(*args, **more)
    return caught.value


def test_a_manager_continues_a_task_and_the_message_stays_with_it(boss, hold):
    task = said(boss, hold(), message=" Go ahead. ")
    task.refresh_from_db()
    assert (task.state, task.decided_by, task.extra_data) == (
        "FINISHED_SUCCESSFULLY",
        "manager",
        {"workflow": "Go ahead."},
    )
    assert task.decided_at is not None
    answer = Answer.objects.get()
    assert (answer.kind, answer.way, answer.user_id, answer.message) == (
        "continue",
        "api",
        boss.user_id,
        "Go ahead.",
    )


def test_a_cancelled_task_is_cancelled(boss, hold):
    assert said(boss, hold(), CANCEL).state == Task.State.CANCELLED


def test_the_audit_trail_names_who_decided_what_and_why(boss, hold):
    task = said(boss, hold(content_hash="c0ffee"), CANCEL, message="No.")
    entry = AuditEntry.objects.get(target="task")
    assert (entry.verb, entry.target_id, entry.tenant_id, entry.actor_id) == (
        "cancelled",
        str(task.id),
        task.tenant_id,
        boss.user_id,
    )
    assert (entry.way, entry.message, entry.content_hash) == ("api", "No.", "c0ffee")
    assert entry.changes == {"state": ["QUEUEING", "CANCELLED"]}


def test_the_second_answer_is_told_who_decided_and_when(boss, hold, tenant_admin):
    task = said(boss, hold())
    problem = refused(Actor.of_user(tenant_admin), task, CANCEL)
    assert (problem.status, problem.code) == (409, "decided_already")
    assert problem.extra["decided_by"] == "manager"
    assert problem.extra["decided_at"] == task.decided_at.isoformat()
    assert problem.message.startswith("manager continued the task on ")
    assert Answer.objects.count() == 1


def test_unknown_and_foreign_ids_get_the_same_answer(boss, hold, other_tenant):
    foreign = refused(boss, hold(tenant=other_tenant))
    unknown = refused(boss, Task(id=new_id()))
    assert foreign.as_json() == unknown.as_json()
    assert foreign.status == 404


def test_whoever_asked_cancels_but_never_continues(customer, hold):
    actor = Actor.of_user(customer)
    assert refused(actor, task := hold()).code == "four_eyes"
    assert said(actor, task, CANCEL).state == Task.State.CANCELLED


def test_a_manager_never_continues_an_own_task(boss, manager, hold):
    problem = refused(boss, hold(requester=manager))
    assert (problem.status, problem.code) == (403, "four_eyes")


def test_a_viewer_sees_the_task_and_does_not_decide_it(viewer, hold):
    task = hold()
    problem = refused(Actor.of_user(viewer), task, CANCEL)
    assert (problem.status, problem.code) == (403, "not_asked")
    task.refresh_from_db()
    assert task.state == Task.State.QUEUEING


def test_nobody_answers_for_others_without_a_delegation(boss, hold, tenant_admin):
    assert refused(boss, hold(), on_behalf_of=tenant_admin.pk).code == "no_delegation"


def test_an_answer_counts_for_the_content_that_was_seen(boss, hold):
    task = hold(content_hash="new")
    assert refused(boss, task, content_hash="old").code == "content_changed"
    assert said(boss, task, content_hash="new").decided_by == "manager"


@pytest.mark.parametrize("message", ["x" * 10_001, "a\0b"])
def test_a_message_that_cannot_be_kept_is_refused(boss, hold, message):
    problem = refused(boss, hold(), message=message)
    assert (problem.status, problem.code, problem.field) == (400, "bad_message", "message")


def test_what_was_filled_in_is_kept_when_it_is_continued(boss, hold):
    task = said(boss, hold(form=[{"name": "cpu", "kind": "number", "required": True}]), form={"cpu": 4})
    task.refresh_from_db()
    assert task.form_answers == {"cpu": 4}


def test_a_form_is_asked_for_when_a_task_is_continued_and_not_when_it_is_cancelled(boss, hold):
    task = hold(form=[{"name": "cpu", "kind": "number", "required": True}])
    assert refused(boss, task).field == "cpu"
    assert said(boss, task, CANCEL).state == Task.State.CANCELLED
