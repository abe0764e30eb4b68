"""Sending a mail over a guarded connection, and telling what surely happened."""

import asyncio
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal

import aiosmtplib
from aiosmtplib import errors as smtp_errors

from common.egress.errors import EgressError
from common.egress.failures import tls_failed
from common.egress.mail import Envelope, Mail, build
from common.egress.policy import PolicySource
from common.egress.tcp import open_socket

Security = Literal["none", "starttls", "tls"]


class Outcome(StrEnum):
    """What is known about a mail that could not be sent as it should."""

    NOT_SENT = "not_sent"
    """Surely not sent; sending it again sends it once."""
    UNKNOWN = "unknown"
    """The connection was lost after the text went out; sending it again may send it twice."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail goes out.

    Args:
        security: `starttls` refuses to go on when the server does not offer it; `none` sends in the clear.
        timeout: seconds for each answer of the server.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that the server took over: its id, and the recipients it refused, with its words."""

    message_id: str
    refused: dict[str, str]


class MailError(EgressError):
    """A mail was not sent, or nobody knows. `outcome` says which."""

    outcome: Outcome = Outcome.NOT_SENT


async def send_mail(mail: Mail, server: SmtpServer, *, source: PolicySource | None = None) -> Sent:
    """Send one mail to all its recipients.

    Raises:
        MailError: not sent, or unknown; `retryable` only when surely not sent and worth another try.
        EgressError: the mail cannot be built, or the server may not be reached.
    """
    envelope = build(mail)
    client = await _connected(server, source)
    try:
        await _sign_in(client, server)
        refused = await _name_people(client, envelope)
        await _hand_over(client, envelope, server.host)
        await _say_goodbye(client)
    finally:
        client.close()
    return Sent(envelope.message_id, refused)


async def check_server(server: SmtpServer, *, source: PolicySource | None = None) -> None:
    """Connect and sign in as for a mail, and send none.

    Raises:
        MailError: it cannot be done; `retryable` when it may pass.
        EgressError: the server may not be reached.
    """
    client = await _connected(server, source)
    try:
        await _sign_in(client, server)
        await _say_goodbye(client)
    finally:
        client.close()


async def _connected(server: SmtpServer, source: PolicySource | None) -> aiosmtplib.SMTP:
    connection = await open_socket(server.host, server.port, min(server.timeout, 10.0), source=source)
    client = aiosmtplib.SMTP(
        hostname=server.host.strip("[]"),
        port=None,
        sock=connection,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        tls_context=_tls() if server.security != "none" else None,
        local_hostname=_own_name(connection.getsockname()[0]),
        timeout=server.timeout,
    )
    try:
        await client.connect()
    except (smtp_errors.SMTPException, OSError) as error:
        client.close()
        connection.close()
        raise _connect_failed(server, error) from error
    except BaseException:
        client.close()
        connection.close()
        raise
    return client


async def _sign_in(client: aiosmtplib.SMTP, server: SmtpServer) -> None:
    if not server.username:
        return
    try:
        await client.login(server.username, server.password)
    except smtp_errors.SMTPAuthenticationError as error:
        raise MailError(
            "sign_in_failed",
            f"The mail server did not accept the sign-in (code {error.code}).",
            hint="Correct user name and password.",
            retryable=400 <= error.code < 500,
        ) from error
    except smtp_errors.SMTPNotSupported as error:
        raise MailError(
            "sign_in_failed", "The mail server offers no sign-in.", hint="Leave it out."
        ) from error
    except (smtp_errors.SMTPException, OSError) as error:
        raise _not_sent(error) from error


async def _name_people(client: aiosmtplib.SMTP, envelope: Envelope) -> dict[str, str]:
    refused: dict[str, str] = {}
    is_retryable = True
    try:
        await client.mail(envelope.sender)
        for recipient in envelope.recipients:
            try:
                await client.rcpt(recipient)
            except smtp_errors.SMTPRecipientRefused as error:
                refused[recipient] = f"{error.code} {error.message}"[:500]
                is_retryable = is_retryable and 400 <= error.code < 500
    except (smtp_errors.SMTPException, OSError) as error:
        raise _not_sent(error) from error
    if len(refused) == len(envelope.recipients):
        raise MailError(
            "recipients_refused",
            f"The mail server accepted no recipient: {'; '.join(refused.values())[:300]}",
            hint="Correct the addresses.",
            retryable=is_retryable,
        )
    return refused


async def _hand_over(client: aiosmtplib.SMTP, envelope: Envelope, host: str) -> None:
    try:
        await client.data(envelope.message)
    except smtp_errors.SMTPResponseException as error:
        raise _not_sent(error) from error
    except (smtp_errors.SMTPException, OSError, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError):
            raise
        lost = MailError(
            "outcome_unknown",
            f"The connection to {host} was lost while the mail went out.",
            hint="Look whether it arrived before sending it again.",
        )
        lost.outcome = Outcome.UNKNOWN
        raise lost from error


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    try:
        await client.quit(timeout=2)
    except (smtp_errors.SMTPException, OSError):
        return  # the mail is with the server; how it closes the door does not matter


def _connect_failed(server: SmtpServer, error: Exception) -> MailError:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        failed = tls_failed(server.host, cause)
        return MailError(failed.code, failed.message, hint=failed.hint)
    is_link_trouble = isinstance(error, TimeoutError | ConnectionError)
    if server.security == "starttls" and not is_link_trouble:
        return MailError(
            "tls_failed",
            f"{server.host} does not offer STARTTLS, so nothing was sent.",
            hint="Choose TLS, or ask the server's admin.",
        )
    return _not_sent(error)


def _not_sent(error: Exception) -> MailError:
    if isinstance(error, smtp_errors.SMTPResponseException):
        return MailError(
            "mail_refused",
            f"The mail server refused: {error.code} {error.message}"[:400],
            hint="The words of the server say why.",
            retryable=400 <= error.code < 500,
        )
    if isinstance(error, TimeoutError):
        return MailError(
            "timed_out",
            "The mail server did not answer in time.",
            hint="Look whether the mail server is well, and whether the port is that of the encryption.",
            retryable=True,
        )
    return MailError(
        "unreachable",
        "The mail server hung up before the mail was sent.",
        hint="Look at host, port and encryption, and whether the server lets this machine send.",
        retryable=True,
    )


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _own_name(address: str) -> str:
    own = ip_address(address.partition("%")[0])
    return f"[{own}]" if own.version == 4 else f"[IPv6:{own}]"
