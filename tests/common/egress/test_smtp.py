"""Mail arrives as it was meant, and a failure says what surely happened."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from common.egress import EgressError, PolicySource
from common.egress.mail import build, check_address
from common.egress.smtp import Mail, MailError, Outcome, SmtpServer, send_mail


class Postman:
    """Takes mail; refuses `bad@`, defers `later@`."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.last_word = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("bad@"):
            return "550 No such user"
        if address.startswith("later@"):
            return "450 Try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.envelopes.append(envelope)
        return self.last_word

    def message(self) -> EmailMessage:
        return message_from_bytes(self.envelopes[-1].content, _class=EmailMessage, policy=policy.default)  # type: ignore[return-value]


def sign_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == b"right", handled=False)


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
async def office(postman: Postman) -> AsyncIterator[SmtpServer]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(postman, hostname="mx", authenticator=sign_in, auth_require_tls=False, loop=loop),
        "127.0.0.1",
        0,
    )
    yield SmtpServer("127.0.0.1", server.sockets[0].getsockname()[1], "none", timeout=3)
    server.close()


@pytest.fixture
async def scripted() -> AsyncIterator[Any]:
    """`await scripted(lines)`: a server that answers each command with the next line; None hangs up."""
    servers: list[asyncio.Server] = []

    async def make(answers: list[str | None]) -> SmtpServer:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for answer in answers:
                if answer is None:
                    break
                writer.write(answer.encode() + b"\r\n")
                await writer.drain()
                line = await reader.readline()
                if answer.startswith("354"):
                    while line not in (b".\r\n", b""):
                        line = await reader.readline()
            writer.close()

        servers.append(await asyncio.start_server(serve, "127.0.0.1", 0))
        return SmtpServer("127.0.0.1", servers[-1].sockets[0].getsockname()[1], "none", timeout=2)

    yield make
    for server in servers:
        server.close()


def letter(**changes: Any) -> Mail:
    parts: dict[str, Any] = {
        "sender": "Ops <ops@example.org>",
        "to": ["a@example.org"],
        "subject": "Hi",
        "text": "Text",
    }
    return Mail(**{**parts, **changes})


async def failed(mail: Mail, server: SmtpServer, source: PolicySource) -> MailError:
    with pytest.raises(MailError) as caught:
        await send_mail(mail, server, source=source)
    return caught.value


async def test_mail_arrives_whole_at_all_recipients(
    office: SmtpServer, postman: Postman, loopback: PolicySource
) -> None:
    mail = letter(
        to=["A <a@example.org>", "b@bücher.example"],
        cc=["c@example.org"],
        bcc=["d@example.org", "a@example.org"],
        subject="Grüße ✓",
        text="Zeile 1\n.\nZeile ü\n",
        html="<b>ü</b>",
        message_id="run-7",
    )
    sent = await send_mail(mail, office, source=loopback)
    assert sent.refused == {}
    assert sent.message_id == "run-7@example.org"
    message = postman.message()
    everyone = ["a@example.org", "b@xn--bcher-kva.example", "c@example.org", "d@example.org"]
    assert postman.envelopes[0].rcpt_tos == everyone
    assert message["Subject"] == "Grüße ✓"
    assert message["Bcc"] is None
    assert "d@example.org" not in message.as_string()
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content().splitlines() == ["Zeile 1", ".", "Zeile ü"]  # type: ignore[union-attr]
    assert all(line.isascii() and len(line) < 999 for line in postman.envelopes[0].content.splitlines())


async def test_refused_recipient_is_reported_and_the_others_get_it(
    office: SmtpServer, postman: Postman, loopback: PolicySource
) -> None:
    sent = await send_mail(letter(to=["a@example.org", "bad@example.org"]), office, source=loopback)
    assert sent.refused == {"bad@example.org": "550 No such user"}
    assert postman.envelopes[0].rcpt_tos == ["a@example.org"]


@pytest.mark.parametrize(
    ("to", "retryable"),
    [
        (["bad@example.org"], False),
        (["later@example.org"], True),
        (["bad@example.org", "later@example.org"], False),
    ],
)
async def test_mail_without_any_recipient_is_not_sent(
    office: SmtpServer, postman: Postman, loopback: PolicySource, to: list[str], retryable: bool
) -> None:
    error = await failed(letter(to=to), office, loopback)
    assert (error.code, error.outcome, error.retryable) == ("recipients_refused", Outcome.NOT_SENT, retryable)
    assert postman.envelopes == []


async def test_sign_in_with_the_right_password_only(office: SmtpServer, loopback: PolicySource) -> None:
    server = SmtpServer(office.host, office.port, "none", "me", "right")
    assert (await send_mail(letter(), server, source=loopback)).refused == {}
    error = await failed(letter(), SmtpServer(office.host, office.port, "none", "me", "wrong"), loopback)
    assert (error.code, error.retryable) == ("sign_in_failed", False)
    assert "wrong" not in repr(SmtpServer("h", 25, "none", "me", "wrong"))


async def test_missing_starttls_aborts(office: SmtpServer, postman: Postman, loopback: PolicySource) -> None:
    error = await failed(letter(), SmtpServer(office.host, office.port, "starttls", "me", "right"), loopback)
    assert (error.code, error.retryable) == ("tls_failed", False)
    assert postman.envelopes == []


async def test_plain_server_on_a_tls_port_fails(office: SmtpServer, loopback: PolicySource) -> None:
    error = await failed(letter(), SmtpServer(office.host, office.port, "tls", timeout=3), loopback)
    assert error.code == "tls_failed"


@pytest.mark.parametrize(
    ("answers", "code", "outcome", "retryable"),
    [
        ([None], "unreachable", Outcome.NOT_SENT, True),
        (["421 Busy"], "mail_refused", Outcome.NOT_SENT, True),
        (["554 Go away"], "mail_refused", Outcome.NOT_SENT, False),
        (["220 mx", None], "unreachable", Outcome.NOT_SENT, True),
        (["220 mx", "250 mx", "451 Try later"], "mail_refused", Outcome.NOT_SENT, True),
        (["220 mx", "250 mx", "553 Bad sender"], "mail_refused", Outcome.NOT_SENT, False),
        (["220 mx", "250 mx", "250 OK", "250 OK", "452 Full"], "mail_refused", Outcome.NOT_SENT, True),
        (
            ["220 mx", "250 mx", "250 OK", "250 OK", "354 Go", "552 Too big"],
            "mail_refused",
            Outcome.NOT_SENT,
            False,
        ),
        (["220 mx", "250 mx", "250 OK", "250 OK", "354 Go", None], "outcome_unknown", Outcome.UNKNOWN, False),
    ],
)
async def test_failure_says_what_is_known(
    scripted: Any,
    loopback: PolicySource,
    answers: list[str | None],
    code: str,
    outcome: Outcome,
    retryable: bool,
) -> None:
    error = await failed(letter(), await scripted(answers), loopback)
    assert (error.code, error.outcome, error.retryable) == (code, outcome, retryable)


async def test_server_that_says_nothing_is_given_up(scripted: Any, loopback: PolicySource) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    error = await failed(letter(), SmtpServer("127.0.0.1", port, "none", timeout=0.3), loopback)
    assert (error.code, error.retryable) == ("timed_out", True)
    server.close()


@pytest.mark.parametrize(
    "address", ["a@b.de", "A B <a@b.de>", "<a@b.de>", "a+b@b.de", "a@bücher.example", "x'y@b.de"]
)
def test_address_is_taken(address: str) -> None:
    assert check_address(address).addr_spec.isascii()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b@c",
        "a@b, c@d",
        "a@b; c@d",
        "A <a@b>, c@d",
        "a@b c@d",
        "group: a@b.de, c@d.de;",
        "group:;",
        "a@b\r\nBcc: x@y",
        "a@b\nX: y",
        "A\r\n <a@b.de>",
        "a\x00@b",
        "a@b\x85",
        "a@b\u2028",
        "a\u202e@b.de",
        "a b@c.de",
        '"a b"@c.de',
        '"a@b"@c.de',
        "a@[127.0.0.1]",
        "a..b@c.de",
        ".a@c.de",
        "ü@c.de",
        "a@-c.de",
        "a@c..de",
        "a@c_d.de",
        "a@c.de>",
        "<a@c.de",
        "-oQ/tmp\n@c.de",
        "a@" + "c" * 300,
        "a" * 65 + "@c.de",
    ],
)
def test_address_that_is_not_exactly_one_is_refused(address: str) -> None:
    with pytest.raises(EgressError) as caught:
        check_address(address, "to")
    assert (caught.value.code, caught.value.field) == ("bad_address", "to")


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: x@y", "a\nb", "a\0", "a\x85b", "a\u2028b", "a\u202eb", "x" * 201]
)
def test_subject_is_one_short_line(subject: str) -> None:
    with pytest.raises(EgressError, match="subject"):
        build(letter(subject=subject))


def test_display_name_cannot_add_a_recipient() -> None:
    message = build(letter(to=['"x, y@z.de" <a@b.de>'])).message
    assert b"a@b.de" in message
    assert build(letter(to=['"x, y@z.de" <a@b.de>'])).recipients == ("a@b.de",)


def test_mail_has_between_one_and_a_hundred_recipients() -> None:
    for to in ([], [f"a{n}@b.de" for n in range(101)]):
        with pytest.raises(EgressError, match="recipients"):
            build(letter(to=to))


def test_odd_characters_in_a_body_do_no_harm() -> None:
    message = build(letter(text="a\ud800\0b\r.\r\nX: y", html="\udfff")).message
    assert b"\0" not in message
