"""SMTP credentials, at a real server."""

import asyncio
import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from pydantic import ValidationError

from actions.credentials.smtp import Smtp, SmtpFields
from actions.services.mail import deliver
from common.egress.mail import Mail
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext

PASSWORD = "sesame-open"


class Box:
    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.envelopes.append(envelope)
        return "250 taken"


pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")  # of the server of these tests


def let_in(server: Any, session: Any, envelope: Any, mechanism: str, auth: Any) -> AuthResult:
    is_right = isinstance(auth, LoginPassword) and auth.password == PASSWORD.encode()
    return AuthResult(success=is_right, handled=False)


@pytest.fixture
def server(loopback_allowed: None) -> Any:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = {"authenticator": let_in, "auth_required": True, "auth_require_tls": False}
    made = Controller(Box(), hostname="127.0.0.1", port=port, **options)
    made.start()
    yield made
    made.stop()


def fields(server: Any, **changes: Any) -> SmtpFields:
    values = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "user": "ops",
        "password": PASSWORD,
    }
    return SmtpFields(**{**values, **changes})


def said_of(found: SmtpFields) -> str:
    return asyncio.run(Smtp().test(FakeContext(), found))


def test_the_sign_in_is_tried_and_no_mail_sent(server: Any) -> None:
    assert said_of(fields(server)) == "127.0.0.1 answers and accepts the sign-in of ops."
    assert server.handler.envelopes == []


@pytest.mark.parametrize(
    ("changes", "code", "retryable"),
    [
        ({"password": "wrong-one"}, "sign_in_failed", False),
        ({"security": "starttls"}, "tls_failed", False),
        ({"port": 1}, "unreachable", True),
        ({"host": "10.0.0.1", "security": "tls"}, "address_refused", False),
    ],
)
def test_what_does_not_work_is_told(server: Any, changes: Any, code: str, retryable: bool) -> None:
    with pytest.raises(NodeError) as caught:
        said_of(fields(server, **changes))
    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    assert PASSWORD not in str(caught.value)


def test_a_mail_goes_over_it(server: Any) -> None:
    mail = Mail("ops@acme.example", ["boss@example.org"], "Up", "It is up.")
    asyncio.run(deliver(FakeContext(), mail, fields(server).server()))
    [envelope] = server.handler.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("ops@acme.example", ["boss@example.org"])


@pytest.mark.parametrize(
    ("host", "allowed"), [("mail.example.org", "mail.example.org:25"), ("2001:db8::1", "[2001:db8::1]:25")]
)
def test_it_is_used_at_its_server_alone(host: str, allowed: str) -> None:
    assert Smtp().hosts(SmtpFields(host=host, port=25)) == [allowed]


def test_a_password_is_not_sent_in_the_clear() -> None:
    with pytest.raises(ValidationError, match="in the clear"):
        SmtpFields(host="mail.example.org", security="none", user="ops", password=PASSWORD)
