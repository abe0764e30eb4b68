"""Links in mails decide once, as one person, what that person saw; every other use is refused in plain words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from approvals.models import Answer, DecisionLink, Notice, Task
from approvals.services import links
from approvals.services.deciding import decide
from common.problems import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def task(hold) -> Task:
    return hold(content_hash="c0ffee", type="REVIEW")


@pytest.fixture
def notice(task: Task, manager: User) -> Notice:
    return Notice.objects.create(task=task, user=manager, reason="asked")


@pytest.fixture
def token(notice: Notice) -> str:
    return links.token_for(notice, 1, datetime.now(UTC))


def address(token: str, answer: str = "continue") -> str:
    return f"/reviews/by-mail/{token}/{answer}/"


def state(task: Task) -> str:
    task.refresh_from_db()
    return task.state


def refused(client: Client, url: str) -> tuple[int, str]:
    """Status and code of what a POST is told; a GET is told the same."""
    answer = client.post(url, {"answer": "continue"})
    assert client.get(url).status_code == answer.status_code
    return answer.status_code, answer.context["problem"].code


def test_opening_it_decides_nothing(client: Client, token: str, task: Task):
    for ask in (client.get, client.head):
        answer = ask(address(token))
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer.headers["Cache-Control"]
        assert not answer.cookies
    assert state(task) == Task.State.QUEUEING
    assert DecisionLink.objects.get().used_at is None


def test_the_button_decides_as_the_person_without_a_session(
    client: Client, token: str, task: Task, manager: User
):
    answer = client.post(address(token), {"answer": "continue", "message": "Fine"})
    assert answer.status_code == 200
    assert state(task) != Task.State.QUEUEING
    said = Answer.objects.get(task=task, kind="continue")
    assert (said.user, said.way, said.message) == (manager, Answer.Way.LINK, "Fine")


def test_the_cancel_link_cancels(client: Client, token: str, task: Task):
    client.post(address(token, "cancel"), {"message": "No"})
    assert state(task) == Task.State.CANCELLED


def test_another_signed_in_person_cannot_use_it(client: Client, token: str, task: Task, tenant_admin: User):
    client.force_login(tenant_admin)
    assert refused(client, address(token)) == (404, "link_of_another")
    assert state(task) == Task.State.QUEUEING


def test_it_works_once(client: Client, token: str):
    client.post(address(token), {"answer": "continue"})
    assert refused(client, address(token)) == (410, "link_used")


def test_a_forged_one_is_unknown(client: Client, token: str, task: Task):
    for other in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", token * 40):
        assert refused(client, address(other)) == (404, "link_unknown")
    assert state(task) == Task.State.QUEUEING


def test_a_row_that_was_altered_in_the_database_opens_nothing(client: Client, token: str):
    DecisionLink.objects.update(expires_at=datetime.now(UTC) + timedelta(days=900))
    assert refused(client, address(token)) == (404, "link_unknown")


def test_one_about_other_content_is_stale(client: Client, token: str, task: Task):
    Task.objects.filter(pk=task.pk).update(content_hash="f" * 64)
    assert refused(client, address(token)) == (409, "content_changed")
    assert state(task) == Task.State.QUEUEING


def test_it_expires(client: Client, notice: Notice, task: Task):
    token = links.token_for(notice, 1, datetime.now(UTC) - timedelta(hours=2))
    assert refused(client, address(token)) == (410, "link_expired")
    assert state(task) == Task.State.QUEUEING


def test_it_tells_who_was_faster(client: Client, token: str, task: Task, tenant_admin: User):
    decide(actor=Actor.of_user(tenant_admin), task_id=task.id, kind=Answer.Kind.CANCEL, way=Answer.Way.API)
    answer = client.post(address(token), {"answer": "continue"})
    assert (answer.status_code, answer.context["problem"].code) == (409, "decided_already")
    assert "admin cancelled the task" in answer.content.decode()
    assert DecisionLink.objects.get().used_at is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "viewer"}, {"password": "x"}])
def test_it_ends_with_the_persons_rights(
    client: Client, token: str, task: Task, manager: User, change: dict[str, object]
):
    User.objects.filter(pk=manager.pk).update(**change)
    assert refused(client, address(token)) == (410, "link_ended")
    assert state(task) == Task.State.QUEUEING


def test_the_token_itself_is_not_stored(token: str):
    assert token not in str(DecisionLink.objects.values().get())


def test_a_second_try_of_a_mail_carries_the_same_token(notice: Notice, token: str):
    assert links.token_for(notice, 1, datetime.now(UTC)) == token


def test_who_asked_cannot_continue_by_link(task: Task, manager: User, notice: Notice):
    Task.objects.filter(pk=task.pk).update(requester=manager)
    token = links.token_for(notice, 1, datetime.now(UTC))
    with pytest.raises(Problem) as told:
        links.decide_by_link(token, None, Answer.Kind.CONTINUE)
    assert told.value.code == "four_eyes"
    assert DecisionLink.objects.get().used_at is None
