"""What time does to tasks that wait: reminders, escalation and deadlines, each once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant
from accounts.roles import Role
from approvals.models import Answer, Policy, Task
from approvals.services import looking, policies, settling
from approvals.services.deciding import decide
from approvals.services.looking import look
from approvals.services.talking import reassign
from common.problems import Problem
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ann(tenant: Tenant):
    return make_user("ann@acme.example", Role.viewer, tenant)


@pytest.fixture
def ben(tenant: Tenant):
    return make_user("ben@acme.example", Role.viewer, tenant)


def level(*people: Any, **more: Any) -> dict[str, Any]:
    return {"reviewers": [{"kind": "user", "id": one.pk} for one in people], **more}


def after(minutes: int, then: str = "cancel") -> dict[str, Any]:
    return {"after": {"minutes": minutes}, "then": then}


def held(tenant: Tenant, *levels: dict[str, Any], at: datetime = START, **more: Any) -> Task:
    """A task by a policy of one stage."""
    document = {"stages": [{"levels": list(levels)}]}
    task = Task(tenant=tenant, type="REVIEW", state="QUEUEING", created_at=at, changed_at=at, **more)
    policies.hold(task, Policy(tenant=tenant, name="p", document=document), {})
    task.save()
    return task


def said(task: Task) -> list[str]:
    return list(task.answers.values_list("kind", flat=True))


def state_of(task: Task) -> str:
    task.refresh_from_db()
    return task.state


def test_nothing_happens_before_its_time(tenant, ann):
    task = held(tenant, level(ann, deadline=after(60)))
    assert task.due_at == START + 60 * MINUTE
    assert look(START + 59 * MINUTE) == 0
    assert state_of(task) == "QUEUEING"


@pytest.mark.parametrize(
    ("then", "state", "error"),
    [
        ("continue", "FINISHED_SUCCESSFULLY", None),
        ("cancel", "CANCELLED", None),
        ("fail", "CANCELLED", "expired"),
    ],
)
def test_a_deadline_does_what_it_says_once(tenant, ann, then, state, error):
    task = held(tenant, level(ann, deadline=after(60, then)))
    assert [look(START + 61 * MINUTE), look(START + 62 * MINUTE)] == [1, 0]
    assert state_of(task) == state
    assert (task.error or {}).get("code") == error
    assert (task.decided_by, task.extra_data) == ("The policy", {"workflow": "Nobody decided in time."})
    assert AuditEntry.objects.filter(target="task").count() == 1


def test_reviewers_are_reminded_once_for_each_time(tenant, ann):
    task = held(tenant, level(ann, reminders=[{"minutes": 10}, {"minutes": 20}], deadline=after(60)))
    for minute in (10, 11, 20, 21, 22):
        look(START + minute * MINUTE)
    assert said(task) == ["remind", "remind"]
    task.refresh_from_db()
    assert task.due_at == START + 60 * MINUTE


def test_after_an_outage_one_reminder_is_enough(tenant, ann):
    task = held(tenant, level(ann, reminders=[{"minutes": 10}, {"minutes": 20}], deadline=after(60)))
    look(START + 30 * MINUTE)
    assert said(task) == ["remind"]


def test_a_clock_that_is_put_back_reminds_nobody_twice(tenant, ann):
    task = held(tenant, level(ann, reminders=[{"minutes": 10}], deadline=after(60)))
    for minute in (10, 5, 10, 12):
        Task.objects.update(due_at=START)
        look(START + minute * MINUTE)
    assert said(task) == ["remind"]
    assert state_of(task) == "QUEUEING"


def test_a_deadline_asks_the_next_level_and_says_so_once(tenant, ann, ben):
    task = held(tenant, level(ann, deadline=after(60, "escalate")), level(ben, deadline=after(60)))
    look(START + 61 * MINUTE)
    Task.objects.update(due_at=START)
    look(START + 62 * MINUTE)
    assert said(task) == ["escalate"]
    assert policies.verdict_of(task, now=START + 63 * MINUTE).waiting_for == {ben.pk}
    assert state_of(task) == "QUEUEING"


def test_a_policy_that_nobody_is_left_for_asks_the_managers_at_once(tenant, ann, ben, boss):
    task = held(tenant, level(ann, ben, approval={"kind": "all"}), at=datetime.now(UTC))
    ann.is_active = False
    ann.save()
    ben.is_active = False
    ben.save()
    Task.objects.update(due_at=START)
    look()
    assert said(task) == ["escalate"]
    assert boss.user_id in task.answers.get().to_users
    decide(actor=boss, task_id=task.id, kind=Answer.Kind.CONTINUE, way=Answer.Way.API)
    assert state_of(task) == "FINISHED_SUCCESSFULLY"


def test_one_task_that_cannot_be_looked_at_does_not_hold_up_the_others(tenant, ann, monkeypatch):
    broken, good = (held(tenant, level(ann, deadline=after(one))) for one in (10, 20))

    def settle(task: Task, now: datetime) -> None:
        if task.id == broken.id:
            raise ValueError("damaged")
        settling.settle(task, now)

    monkeypatch.setattr(looking, "settle", settle)
    assert look(START + 60 * MINUTE) == 1
    assert (state_of(broken), state_of(good)) == ("QUEUEING", "CANCELLED")
    assert look(START + 60 * MINUTE) == 0


def test_all_have_to_say_continue_and_the_last_one_decides(tenant, ann, ben):
    task = held(tenant, level(ann, ben, approval={"kind": "all"}), at=datetime.now(UTC))
    kinds = {"kind": Answer.Kind.CONTINUE, "way": Answer.Way.API}
    decide(actor=Actor.of_user(ann), task_id=task.id, **kinds)
    assert state_of(task) == "QUEUEING"
    decide(actor=Actor.of_user(ben), task_id=task.id, message="Yes.", **kinds)
    assert state_of(task) == "FINISHED_SUCCESSFULLY"
    assert (task.decided_by, task.extra_data) == ("ben", {"workflow": "Yes."})


def test_one_person_answers_once(tenant, ann, ben):
    task = held(tenant, level(ann, ben, approval={"kind": "all"}), at=datetime.now(UTC))
    kinds = {"kind": Answer.Kind.CONTINUE, "way": Answer.Way.API}
    decide(actor=Actor.of_user(ann), task_id=task.id, **kinds)
    with pytest.raises(Problem) as caught:
        decide(actor=Actor.of_user(ann), task_id=task.id, **kinds)
    assert (caught.value.status, caught.value.code) == (409, "answered_already")


def test_whom_the_policy_does_not_ask_does_not_decide(tenant, ann, ben):
    task = held(tenant, level(ann), at=datetime.now(UTC))
    with pytest.raises(Problem) as caught:
        decide(actor=Actor.of_user(ben), task_id=task.id, kind=Answer.Kind.CANCEL, way=Answer.Way.API)
    assert caught.value.code == "not_asked"


def test_a_reviewer_hands_over_and_is_asked_no_more(tenant, ann, ben):
    task = held(tenant, level(ann), at=datetime.now(UTC))
    reassign(actor=Actor.of_user(ann), task_id=task.id, to_users=[ben.pk], way=Answer.Way.API)
    kinds = {"kind": Answer.Kind.CONTINUE, "way": Answer.Way.API}
    with pytest.raises(Problem):
        decide(actor=Actor.of_user(ann), task_id=task.id, **kinds)
    decide(actor=Actor.of_user(ben), task_id=task.id, **kinds)
    assert state_of(task) == "FINISHED_SUCCESSFULLY"


def test_a_manager_decides_over_the_reviewers_and_is_marked_so(tenant, ann, boss):
    task = held(tenant, level(ann), at=datetime.now(UTC))
    decide(actor=boss, task_id=task.id, kind=Answer.Kind.CANCEL, way=Answer.Way.API)
    assert state_of(task) == "CANCELLED"
    assert task.answers.get().is_override


def test_whoever_asked_takes_it_back_whatever_the_policy_says(tenant, ann, customer):
    task = held(tenant, level(ann), at=datetime.now(UTC), requester=customer)
    decide(actor=Actor.of_user(customer), task_id=task.id, kind=Answer.Kind.CANCEL, way=Answer.Way.API)
    assert state_of(task) == "CANCELLED"


def test_an_answer_after_the_deadline_comes_too_late(tenant, ann):
    task = held(tenant, level(ann, deadline=after(60)))
    with pytest.raises(Problem) as caught:
        decide(actor=Actor.of_user(ann), task_id=task.id, kind=Answer.Kind.CONTINUE, way=Answer.Way.API)
    assert caught.value.code == "decided_already"
