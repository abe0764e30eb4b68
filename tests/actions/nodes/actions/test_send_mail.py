"""Send mail."""

import pytest
from pydantic import ValidationError

from accounts.services import mail
from actions.credentials.smtp import SmtpFields
from actions.nodes.actions.send_mail import SendMail
from common.egress.smtp import MailError, Sent
from flows.sdk import Emit, NodeError, OnCrash
from flows.sdk.testing import FakeContext, configured, run_node

MAIL = {"to": ["ops@example.org"], "subject": "web-1 is up", "content": "It is up."}
RECORD = {"hostname": "web-1"}


@pytest.fixture
def post(monkeypatch, settings):
    """The mails that went out, each with its server; a test may set what the server answers."""
    settings.EMAIL_URL = "smtp://mail.example.org:25/?tls=none"
    settings.MAIL_FROM = "hookflow@example.org"
    out = []

    class Post:
        sent = out
        answer = Sent("id@example.org", {})

    async def send(message, server, *, source):
        out.append((message, server))
        if isinstance(Post.answer, Exception):
            raise Post.answer
        return Post.answer

    monkeypatch.setattr(mail, "send_mail", send)
    return Post


def failure(**changes):
    with pytest.raises(NodeError) as caught:
        run_node(SendMail, {**MAIL, **changes}, RECORD)
    return caught.value


def test_the_mail_goes_to_all_recipients_and_the_record_goes_on(post):
    config = {**MAIL, "cc": ["a@example.org", "b@example.org"], "bcc": ["c@example.org"], "html": "<b>up</b>"}
    assert run_node(SendMail, config, RECORD) == Emit("out", RECORD)
    [(message, server)] = post.sent
    assert (message.to, message.cc) == (["ops@example.org"], ["a@example.org", "b@example.org"])
    assert (message.bcc, message.html) == (["c@example.org"], "<b>up</b>")
    assert (message.sender, server.host) == ("hookflow@example.org", "mail.example.org")


def test_every_try_carries_the_same_message_id(post):
    run_node(SendMail, MAIL, RECORD, context=FakeContext(idempotency_key="run/1:node"))
    assert post.sent[0][0].message_id == "run-1-node"


def test_a_mail_server_and_a_usual_sender_are_no_reason_to_warn(post):
    assert SendMail().warnings(configured(SendMail, MAIL), None) == []


def test_without_a_mail_server_there_is_a_warning(settings):
    settings.EMAIL_URL = settings.MAIL_FROM = ""
    [(field, message, hint)] = SendMail().warnings(configured(SendMail, MAIL), None)
    assert (field, message) == ("", "This installation has no mail server.")
    assert "EMAIL_URL" in hint


def test_without_any_sender_there_is_a_warning(post, settings):
    settings.MAIL_FROM = ""
    assert [found[0] for found in SendMail().warnings(configured(SendMail, MAIL), None)] == ["sender"]


def test_a_sender_that_only_the_record_knows_is_not_judged_before(post):
    config = configured(SendMail, {**MAIL, "sender": "{{ owner.email }}"})
    assert SendMail().warnings(config, None) == []


def test_without_a_mail_server_it_says_what_to_set(settings):
    settings.EMAIL_URL = ""
    error = failure()
    assert (error.code, "EMAIL_URL" in error.hint) == ("smtp_not_configured", True)


def test_without_a_sender_it_says_what_to_set(post, settings):
    settings.MAIL_FROM = ""
    error = failure()
    assert (error.code, error.field) == ("no_sender", "sender")


def test_a_failure_of_the_server_is_passed_on(post):
    post.answer = MailError("mail_refused", "The mail server refused: 451 later", retryable=True)
    error = failure()
    assert (error.code, error.retryable) == ("mail_refused", True)


def test_one_refused_recipient_is_not_passed_over(post):
    post.answer = Sent("id", {"b@example.org": "550 no such user"})
    error = failure(to=["ops@example.org", "b@example.org"])
    assert (error.code, error.retryable) == ("recipient_refused", False)
    assert "b@example.org: 550 no such user" in str(error)


def test_sending_twice_is_unsafe_so_a_person_is_asked():
    assert SendMail.meta.on_crash is OnCrash.ASK


def test_commas_separate_addresses_when_it_is_drawn_but_not_inside_a_template():
    config = configured(SendMail, {**MAIL, "to": "a@example.org, {{ x | default('b@example.org, c') }}"})
    assert config.to == ["a@example.org", "{{ x | default('b@example.org, c') }}"]


def test_a_dry_run_shows_the_mail(post):
    preview = SendMail().preview(configured(SendMail, MAIL), RECORD)
    assert (preview["from"], preview["to"]) == ("hookflow@example.org", ["ops@example.org"])
    assert (preview["subject"], preview["text"]) == ("web-1 is up", "It is up.")
    assert preview["server"] == "mail.example.org:25, without TLS"
    assert post.sent == []


def test_a_dry_run_tells_that_there_is_no_mail_server(settings):
    settings.EMAIL_URL = ""
    assert "EMAIL_URL" in SendMail().preview(configured(SendMail, MAIL), RECORD)["server"]


@pytest.mark.parametrize("gap", [{"to": []}, {"to": ""}, {"subject": ""}, {"content": ""}, {"reply": "x"}])
def test_a_config_that_cannot_be_meant_is_refused(gap):
    with pytest.raises(ValidationError):
        configured(SendMail, {**MAIL, **gap})


def test_a_server_of_ones_own_takes_the_mail(post, monkeypatch):
    taken = []

    async def take(message, server):
        taken.append((message, server))
        return Sent("id@example.org", {})

    monkeypatch.setattr("actions.services.mail.send_mail", take)
    smtp = SmtpFields(host="mail.acme.example", user="ops", password="sesame-open", sender="ops@acme.example")
    context = FakeContext(credentials={"acme": smtp})
    run_node(SendMail, {**MAIL, "credential": "acme"}, RECORD, context=context)
    [(message, server)] = taken
    assert (message.sender, server) == ("ops@acme.example", smtp.server())
    assert post.sent == []


def test_a_server_of_ones_own_needs_a_sender_too():
    context = FakeContext(credentials={"acme": SmtpFields(host="mail.acme.example")})
    with pytest.raises(NodeError) as caught:
        run_node(SendMail, {**MAIL, "credential": "acme"}, RECORD, context=context)
    assert (caught.value.code, caught.value.field) == ("no_sender", "sender")


def test_with_a_server_of_ones_own_the_installation_needs_none(settings):
    settings.EMAIL_URL = settings.MAIL_FROM = ""
    config = configured(SendMail, {**MAIL, "credential": "acme"})
    assert SendMail().warnings(config, None) == []
    assert SendMail().preview(config, RECORD)["server"] == "The one of the credential “acme”"
