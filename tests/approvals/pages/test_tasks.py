"""The page of one task: what it shows, and what can be done on it."""

import html
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Tenant, User
from approvals.models import Answer, Task
from inventory.models import Server

pytestmark = pytest.mark.django_db
FORM = [{"name": "cost", "label": "Cost centre", "kind": "number", "required": True}]


@pytest.fixture
def mia(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def text_of(client: Client, task: Task) -> str:
    return client.get(f"/reviews/{task.id}/").content.decode()


def test_it_shows_the_text_and_the_chosen_fields(mia: Client, hold: Any):
    text = text_of(mia, hold(text="Give <b>db-1</b> more", shown=[["Memory", 8192]]))
    assert "Give &lt;b&gt;db-1&lt;/b&gt; more" in text
    assert "8192" in text


def test_a_shown_value_that_is_no_text_stands_there_as_json(mia: Client, hold: Any):
    text = text_of(mia, hold(shown=[["Owner", {"name": "Åsa", "is_paid": True}], ["Tags", ["a"]]]))
    assert html.escape('{"name": "Åsa", "is_paid": true}') in text
    assert html.escape('["a"]') in text


@pytest.mark.parametrize(
    ("state", "rollback", "told"),
    [("DONE", "UNKNOWN", ">Done<"), ("FAILED", "ROLLBACK_DONE", ">Failed, rollback done<")],
)
def test_a_job_tells_what_it_does_and_where_it_stands(
    mia: Client, hold: Any, state: str, rollback: str, told: str
):
    task, now = hold(), datetime.now(UTC)
    task.jobs.create(
        position=1, type="POWER_ON", state=state, rollback_state=rollback, created_at=now, changed_at=now
    )
    text = text_of(mia, task)
    assert "Switches it on" in text
    assert told in text


def test_a_rollback_that_failed_tells_why(mia: Client, hold: Any):
    task, now = hold(), datetime.now(UTC)
    task.jobs.create(
        position=1, type="CONFIGURE", state="FAILED", rollback_state="FAILED", description="It is stuck",
        created_at=now, changed_at=now,
    )  # fmt: skip
    assert "It is stuck" in text_of(mia, task)


def test_it_shows_values_before_and_after(mia: Client, hold: Any, tenant: Tenant, customer: User):
    server = Server.objects.create(tenant=tenant, user=customer, hostname="db-1", vmid=1, ram=1024, cpu=2)
    text = text_of(
        mia,
        hold(type="RECONFIGURE", server=server, request={"values": {"ram": 8192}, "before": {"ram": 1024}}),
    )
    for told in ("Memory (MB)", ">1024<", ">8192<"):
        assert told in text


def test_it_is_continued_with_message_and_form(mia: Client, hold: Any):
    task = hold(form=FORM, content_hash="c0ffee")
    body = {"answer": "continue", "message": "Fine", "content_hash": "c0ffee", "form.cost": "7"}
    assert mia.post(f"/reviews/{task.id}/decide/", body).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.form_answers) == ("FINISHED_SUCCESSFULLY", {"cost": 7})


def test_what_was_typed_stays_when_the_form_is_wrong(mia: Client, hold: Any):
    task = hold(form=FORM, content_hash="c0ffee")
    body = {"answer": "continue", "message": "Keep me", "content_hash": "c0ffee", "form.cost": "x7"}
    answer = mia.post(f"/reviews/{task.id}/decide/", body)
    assert answer.status_code == 400
    for kept in ("Keep me", 'value="x7"', "Cost centre: write a number"):
        assert kept in answer.content.decode()


def test_who_comes_second_is_told_who_was_first(mia: Client, hold: Any):
    task = hold(state="CANCELLED", decided_at=datetime.now(UTC), decided_by="Max", content_hash="c0ffee")
    answer = mia.post(f"/reviews/{task.id}/decide/", {"answer": "continue", "content_hash": "c0ffee"})
    assert answer.status_code == 409
    assert "Max cancelled the task" in answer.content.decode()


def test_content_that_changed_is_not_decided(mia: Client, hold: Any):
    task = hold(content_hash="new")
    answer = mia.post(f"/reviews/{task.id}/decide/", {"answer": "continue", "content_hash": "old"})
    assert answer.status_code == 409
    task.refresh_from_db()
    assert task.state == Task.State.QUEUEING


def test_who_asked_is_told_why_somebody_else_decides(client: Client, customer: User, hold: Any):
    client.force_login(customer)
    text = text_of(client, hold())
    assert "You asked for this yourself, so somebody else decides." in text
    assert 'value="continue"' not in text
    assert 'value="cancel"' in text


def test_a_viewer_reads_why_there_is_no_button(client: Client, viewer: User, hold: Any):
    client.force_login(viewer)
    text = text_of(client, hold())
    assert "You are not asked about this task." in text
    assert 'name="answer"' not in text


def test_it_names_those_who_may_decide(mia: Client, hold: Any, tenant_admin: User):
    text = " ".join(text_of(mia, hold()).split())
    assert "admin, and you." in text


def test_comments_and_questions_are_kept(mia: Client, hold: Any):
    task = hold()
    mia.post(f"/reviews/{task.id}/say/", {"kind": "comment", "message": "Seen"})
    mia.post(f"/reviews/{task.id}/say/", {"kind": "question", "message": "Why so much?"})
    assert list(task.answers.values_list("kind", "message")) == [
        ("comment", "Seen"),
        ("question", "Why so much?"),
    ]
    assert "Why so much?" in text_of(mia, task)


def test_it_is_handed_over(mia: Client, hold: Any, tenant_admin: User):
    task = hold()
    mia.post(f"/reviews/{task.id}/reassign/", {"to": [str(tenant_admin.pk)]})
    assert Answer.objects.get(task=task, kind="reassign").to_users == [tenant_admin.pk]


def test_a_link_from_a_chat_is_kept_as_the_way(mia: Client, hold: Any):
    task = hold()
    page = mia.get(f"/reviews/{task.id}/?answer=continue&way=chat").content.decode()
    assert 'name="way" value="chat"' in page
    mia.post(f"/reviews/{task.id}/decide/", {"answer": "continue", "way": "chat", "content_hash": ""})
    assert Answer.objects.get(task=task).way == Answer.Way.CHAT


def test_opening_an_address_decides_nothing(mia: Client, hold: Any):
    task = hold()
    mia.get(f"/reviews/{task.id}/?answer=continue")
    assert mia.get(f"/reviews/{task.id}/decide/").status_code == 405
    task.refresh_from_db()
    assert task.state == Task.State.QUEUEING
