"""Mail through a real server."""

import asyncio
import socket
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller

from accounts.services.mail import server
from actions.services.mail import deliver
from common.egress import EgressError
from common.egress.mail import Mail
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext

MAIL = Mail("hookflow@example.org", ["ops@example.org"], "web-1 is up", "It is up.")


class Mailbox:
    def __init__(self):
        self.envelopes = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append(envelope)
        return "250 taken"


@pytest.fixture
def mailbox(settings):
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    settings.MAIL_FROM = "hookflow@example.org"
    yield box
    controller.stop()


def send(**changes):
    context = FakeContext(idempotency_key="run-1.mail")
    mail = Mail(**{**{name: getattr(MAIL, name) for name in ("sender", "to", "subject", "text")}, **changes})
    asyncio.run(deliver(context, mail))
    return context


def test_a_mail_arrives_with_its_texts_and_without_the_hidden_recipients(mailbox):
    context = send(html="<p>It is <b>up</b>.</p>", cc=["boss@example.org"], bcc=["audit@example.org"])
    [envelope] = mailbox.envelopes
    message = message_from_bytes(envelope.content, policy=default)
    assert envelope.rcpt_tos == ["ops@example.org", "boss@example.org", "audit@example.org"]
    assert (message["to"], message["cc"], message["bcc"]) == ("ops@example.org", "boss@example.org", None)
    assert message["message-id"] == "<run-1.mail@example.org>"
    assert "<b>up</b>" in message.get_body(["html"]).get_content()
    assert "3 recipients" in context.log.text


def test_a_refused_recipient_fails_and_says_who_has_the_mail(mailbox):
    with pytest.raises(NodeError, match="went to 1") as caught:
        send(to=["ops@example.org", "nobody@example.org"])
    assert caught.value.code == "recipient_refused"
    assert len(mailbox.envelopes) == 1


def test_when_all_are_refused_nothing_is_sent(mailbox):
    with pytest.raises(NodeError) as caught:
        send(to=["nobody@example.org"])
    assert (caught.value.code, caught.value.retryable) == ("recipients_refused", False)
    assert mailbox.envelopes == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"to": ["a@example.org, b@example.org"]}, "bad_address", "to"),
        ({"subject": "one\r\nBcc: evil@example.org"}, "bad_mail", "subject"),
        ({"sender": ""}, "no_sender", "sender"),
    ],
)
def test_no_value_can_add_a_recipient_or_a_header(mailbox, changes, code, field):
    with pytest.raises(NodeError) as caught:
        send(**changes)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert mailbox.envelopes == []


def test_a_server_that_is_down_is_worth_another_try(settings):
    settings.EMAIL_URL, settings.MAIL_FROM = "smtp://127.0.0.1:9", "hookflow@example.org"
    with pytest.raises(NodeError) as caught:
        send()
    assert (caught.value.code, caught.value.retryable) == ("unreachable", True)


def test_a_setting_that_cannot_be_used_says_why(settings):
    settings.EMAIL_URL = "mail.example.org"
    with pytest.raises(EgressError) as caught:
        server()
    assert caught.value.code == "smtp_not_configured"
    assert "smtp://" in caught.value.hint
