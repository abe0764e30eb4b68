"""Where mail goes out, or is caught."""

import asyncio

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, CaughtMail
from accounts.services import mail
from accounts.services.mail import CUT_OFF, MOST_TEXT, Origin
from common.egress import EgressError
from common.egress.mail import Mail
from common.mailbox import MAILBOX_URL
from common.problems import Problem

LETTER = Mail("a@example.org", ["ops@example.org"], "web-1 is up", "It is up.", message_id="run-1.mail")


@pytest.fixture
def caught(settings):
    settings.EMAIL_URL, settings.MAIL_FROM = MAILBOX_URL, "hookflow@example.org"


def send(letter, **origin):
    return asyncio.run(mail.send(letter, Origin(**origin)))


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_caught_once_however_often_it_is_tried(caught, tenant):
    for _ in range(3):
        send(LETTER, tenant_id=tenant.pk, run_id="01950000-0000-7000-8000-000000000000")
    [found] = CaughtMail.objects.all()
    assert (found.tenant, found.to, found.subject, found.text) == (
        tenant,
        ["ops@example.org"],
        "web-1 is up",
        "It is up.",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("to", [["no address"], [], ["a@example.org, b@example.org"]])
def test_what_no_server_would_get_is_not_caught_either(caught, to):
    with pytest.raises(EgressError):
        send(Mail("a@example.org", to, "Subject", "Text"))
    assert not CaughtMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_mailbox_keeps_only_so_much(caught, monkeypatch):
    monkeypatch.setattr(mail, "MOST_CAUGHT", 3)
    for number in range(5):
        send(Mail("a@example.org", ["b@example.org"], f"Mail {number}", "x" * (MOST_TEXT + 1)))
    found = list(CaughtMail.objects.all())
    assert [one.subject for one in found] == ["Mail 4", "Mail 3", "Mail 2"]
    assert {one.text for one in found} == {"x" * MOST_TEXT + CUT_OFF}


@pytest.mark.parametrize(
    ("url", "sender", "is_ready", "said"),
    [
        (MAILBOX_URL, "a@example.org", True, ""),
        ("smtp://mail.example.org:25/?tls=none", "a@example.org", True, "mail.example.org:25, without TLS"),
        ("smtps://mail.example.org", "a@example.org", True, "mail.example.org:465, TLS"),
        ("smtp://mail.example.org", "", False, "MAIL_FROM"),
        ("", "a@example.org", False, "EMAIL_URL"),
        ("ftp://mail", "a@example.org", False, "EMAIL_URL"),
    ],
)
def test_the_status_says_how_mail_leaves_or_what_is_missing(settings, url, sender, is_ready, said):
    settings.EMAIL_URL, settings.MAIL_FROM = url, sender
    found = mail.status()
    assert found.is_ready is is_ready
    assert said in f"{found.server} {found.problem}"


@pytest.mark.django_db(transaction=True)
def test_a_test_mail_goes_out_and_is_written_down(caught):
    mail.send_test(Actor.system(), "admin@example.org")
    assert CaughtMail.objects.get().to == ["admin@example.org"]
    assert AuditEntry.objects.get(verb="sent_test_mail").changes == {"to": "admin@example.org"}


@pytest.mark.django_db
def test_a_test_mail_that_cannot_go_out_says_why(settings):
    settings.EMAIL_URL, settings.MAIL_FROM = "smtp://127.0.0.1:9/?tls=none", "hookflow@example.org"
    with pytest.raises(Problem) as refused:
        mail.send_test(Actor.system(), "admin@example.org")
    assert (refused.value.status, refused.value.code) == (502, "mail_failed")
    assert not AuditEntry.objects.exists()
