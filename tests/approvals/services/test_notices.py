"""Who is told of a task: once for each reason, by a worker, with what they need to decide."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from approvals.models import Answer, DecisionLink, News, Notice, Task
from approvals.services import notices, posting
from approvals.services.deciding import decide
from approvals.services.notice_settings import set_telling
from approvals.services.telling import tell_on_commit
from common.egress import EgressError
from common.egress.mail import Mail
from common.egress.smtp import Sent

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
APPROVAL = "You have a pending task pending for approval"
CHAT = "https://chat.example.org/hooks/s3cret-part"


class Outbox:
    """What went out: mails in order; it fails while `fault` is set."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.fault: Exception | None = None

    async def send(self, mail: Mail) -> Sent:
        if self.fault:
            raise self.fault
        self.mails.append(mail)
        return Sent(mail.message_id, {})

    def to(self, user: User) -> list[Mail]:
        return [mail for mail in self.mails if user.email in mail.to]


@pytest.fixture
def outbox(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    settings.EMAIL_URL, settings.MAIL_FROM = "smtp://mail.example.org", "hookflow@example.org"
    made = Outbox()
    monkeypatch.setattr("accounts.services.mail.send", made.send)
    return made


def held(hold: Any, **fields: Any) -> Task:
    with transaction.atomic():
        task: Task = hold(**{"content_hash": "c0ffee", **fields})
        tell_on_commit(task)
    return task


def go() -> None:
    """What a worker does in a while."""
    notices.make_due()
    while posting.send_due():
        pass


def test_those_who_may_decide_get_a_mail_with_links(
    hold: Any, outbox: Outbox, manager: User, tenant_admin: User, customer: User, platform_admin: User
):
    held(hold, text="Give db-1 more", shown=[["Memory", 8192]])
    go()
    assert len(outbox.mails) == 2
    [mail] = outbox.to(manager)
    assert mail.subject == f"{APPROVAL}: More memory"
    for told in ("Give db-1 more", "Memory: 8192", "/reviews/by-mail/", "/continue/", "/cancel/"):
        assert told in mail.text
    assert mail.text != outbox.to(tenant_admin)[0].text


def test_the_link_of_the_mail_decides(hold: Any, outbox: Outbox, manager: User, client: Client):
    task = held(hold)
    go()
    link = re.search(r"(/reviews/by-mail/\S+/continue/)", outbox.to(manager)[0].text)
    assert link
    assert client.post(link[1]).status_code == 200
    task.refresh_from_db()
    assert task.decided_by == manager.name


def test_links_lead_to_the_site_whatever_a_request_says(
    hold: Any, outbox: Outbox, settings: LazySettings, manager: User
):
    settings.SITE_URL = "https://flows.example.org"
    held(hold)
    go()
    links = re.findall(r"https?://\S+", outbox.to(manager)[0].text)
    assert all(link.startswith("https://flows.example.org/reviews/") for link in links)
    assert len(links) == 3


def test_nobody_is_told_twice_for_the_same_reason(hold: Any, outbox: Outbox, manager: User):
    task = held(hold)
    go()
    tell_on_commit(task)
    go()
    assert len(outbox.to(manager)) == 1


def test_a_worker_that_dies_after_sending_sends_the_same_mail_again(
    hold: Any, outbox: Outbox, manager: User, monkeypatch: pytest.MonkeyPatch
):
    held(hold)
    notices.make_due()

    def die(*args: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(posting, "_keep", die)
        with pytest.raises(SystemExit):
            posting.send_due()
    Notice.objects.update(due_at=datetime.now(UTC))
    go()
    first, second = outbox.to(manager)
    assert (first.message_id, first.text) == (second.message_id, second.text)
    assert DecisionLink.objects.count() == Notice.objects.count()


def test_a_worker_that_dies_before_telling_leaves_the_news(
    hold: Any, outbox: Outbox, manager: User, monkeypatch: pytest.MonkeyPatch
):
    held(hold)

    def die(*args: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(notices, "_make", die)
        with pytest.raises(SystemExit):
            notices.make_due()
    assert News.objects.exists()
    go()
    assert outbox.mails
    assert not News.objects.exists()


def test_a_failed_mail_is_tried_again_and_given_up_in_the_end(hold: Any, outbox: Outbox, tenant_admin: User):
    outbox.fault = EgressError("unreachable", "mail.example.org cannot be reached.")
    held(hold)
    notices.make_due()
    for _ in range(posting.MOST_TRIES):
        Notice.objects.filter(due_at__isnull=False).update(due_at=datetime.now(UTC) - timedelta(seconds=1))
        posting.send_due()
    for notice in Notice.objects.all():
        assert (notice.due_at, notice.sent_at, notice.tries) == (None, None, posting.MOST_TRIES)
        assert notice.error["code"] == "unreachable"


def test_one_that_cannot_be_written_holds_up_no_other(
    hold: Any, outbox: Outbox, manager: User, tenant_admin: User, monkeypatch: pytest.MonkeyPatch
):
    held(hold)
    notices.make_due()
    write = posting._letter

    def written(notice: Notice) -> Any:
        if notice.user == manager:
            raise ZeroDivisionError
        return write(notice)

    monkeypatch.setattr(posting, "_letter", written)
    posting.send_due()
    assert [mail.to for mail in outbox.mails] == [[tenant_admin.email]]


def test_what_was_decided_meanwhile_is_not_asked_any_more(hold: Any, outbox: Outbox, boss: Actor):
    task = held(hold)
    notices.make_due()
    decide(actor=boss, task_id=task.id, kind=Answer.Kind.CANCEL, way=Answer.Way.API)
    posting.send_due()
    assert not outbox.mails


def test_who_asked_is_told_the_end_with_the_message(hold: Any, outbox: Outbox, boss: Actor, customer: User):
    task = held(hold)
    decide(actor=boss, task_id=task.id, kind=Answer.Kind.CANCEL, message="Too dear", way=Answer.Way.API)
    go()
    [mail] = outbox.to(customer)
    assert mail.subject == "A pending task has been updated: More memory"
    assert "manager cancelled it" in mail.text
    assert "Too dear" in mail.text
    assert "/by-mail/" not in mail.text


def test_a_reminder_goes_to_those_who_know_and_once(hold: Any, outbox: Outbox, manager: User):
    task = held(hold)
    go()
    Answer.objects.create(task=task, kind="remind", way="policy", at=datetime.now(UTC))
    for _ in range(2):
        tell_on_commit(task)
        go()
    assert [mail.subject for mail in outbox.to(manager)] == [
        f"{APPROVAL}: More memory",
        f"Reminder: {APPROVAL}: More memory",
    ]


def test_a_question_goes_to_who_asked(hold: Any, outbox: Outbox, customer: User):
    task = held(hold)
    Answer.objects.create(
        task=task, kind="question", way="page", at=datetime.now(UTC), message="Why?", user_name="Mia"
    )
    tell_on_commit(task)
    go()
    assert "Mia asks about More memory:\n\nWhy?" in outbox.to(customer)[0].text


def test_a_tenant_says_its_own_subject_or_that_it_wants_no_mails(
    hold: Any, outbox: Outbox, tenant_admin: User, manager: User
):
    actor, tenant = Actor.of_user(tenant_admin), tenant_admin.tenant
    set_telling(actor=actor, tenant=tenant, values={"approval_subject": "Please look"})
    held(hold)
    go()
    assert outbox.to(manager)[0].subject == "Please look: More memory"
    set_telling(actor=actor, tenant=tenant, values={"mails_reviewers": False})
    held(hold)
    go()
    assert len(outbox.to(manager)) == 1


def test_without_a_mail_server_nothing_is_kept(hold: Any, settings: LazySettings):
    settings.EMAIL_URL = ""
    held(hold)
    notices.make_due()
    assert not Notice.objects.exists()
    assert not News.objects.exists()


@pytest.mark.usefixtures("encryption_key")
def test_a_chat_gets_one_message_whose_links_need_a_sign_in(
    hold: Any, tenant_admin: User, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
):
    settings.EMAIL_URL = ""
    row = set_telling(actor=Actor.of_user(tenant_admin), tenant=tenant_admin.tenant, values={}, chat_url=CHAT)
    assert "s3cret-part" not in row.chat_url
    sent: list[tuple[str, bytes]] = []

    async def post(client: Any, url: str, body: bytes) -> None:
        sent.append((url, body))

    monkeypatch.setattr(posting, "_post", post)
    task = held(hold, text="Give db-1 more")
    go()
    tell_on_commit(task)
    go()
    [(url, body)] = sent
    assert url == CHAT
    assert b"Waiting for review: More memory" in body
    assert f"/reviews/{task.id}/?answer=continue".encode() in body
    assert b"by-mail" not in body


def test_operations_that_nobody_held_tell_nobody(hold: Any, outbox: Outbox):
    held(hold, state="PENDING")
    go()
    assert not Notice.objects.exists()
