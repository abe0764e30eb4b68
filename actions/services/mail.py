"""Sending mail through the server that `EMAIL_URL` names, as the sender in `MAIL_FROM`."""

import re
from dataclasses import replace

from django.conf import settings

from common.egress import EgressError, EgressPolicy, PolicySource
from common.egress.mail import Mail
from common.egress.mail_url import mail_server
from common.egress.smtp import SmtpServer, send_mail
from flows.sdk import NodeContext, NodeError

CONFIG_FIELDS = {"to": "to", "cc": "cc", "bcc": "bcc", "subject": "subject", "sender": "sender"}
# The host is the platform admin's own setting, which no flow can change: naming a server in a private network there
# is the permission to reach it, and that server alone.
ANY_NETWORK = PolicySource(lambda: EgressPolicy.of(["0.0.0.0/0", "::/0"]))
NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._-]+")


def configured_server() -> SmtpServer:
    """The platform's mail server.

    Raises:
        NodeError: `smtp_not_configured`: there is none, or the setting cannot be used.
    """
    if not settings.EMAIL_URL:
        raise NodeError(
            "smtp_not_configured",
            "This installation has no mail server.",
            hint="The platform admin sets EMAIL_URL, such as smtp://user:password@host:587/?tls=starttls.",
        )
    try:
        return mail_server(settings.EMAIL_URL)
    except ValueError as error:
        raise NodeError(
            "smtp_not_configured",
            "The mail server of this installation cannot be used.",
            hint=f"EMAIL_URL: {error}",
        ) from error


def default_sender() -> str:
    """The address in `MAIL_FROM`; empty when there is none."""
    return str(settings.MAIL_FROM)


def server_name() -> str:
    """The host of the mail server, for a dry run; or why there is none."""
    try:
        return configured_server().host
    except NodeError as error:
        return f"{error} {error.hint}"


async def deliver(ctx: NodeContext, mail: Mail) -> None:
    """Send one mail under the step's idempotency key.

    Raises:
        NodeError: `smtp_not_configured`, `no_sender`, `recipient_refused`, and those of
            `common.egress.smtp.send_mail`.
    """
    server = configured_server()
    if not mail.sender:
        raise NodeError(
            "no_sender",
            "The mail has no sender.",
            hint="Write one into the node, or the platform admin sets MAIL_FROM.",
            field="sender",
        )
    message_id = NOT_IN_AN_ID.sub("-", ctx.idempotency_key)
    try:
        sent = await send_mail(replace(mail, message_id=message_id), server, source=ANY_NETWORK)
    except EgressError as error:
        raise NodeError(
            error.code,
            error.message,
            hint=error.hint,
            field=CONFIG_FIELDS.get(error.field or ""),
            retryable=error.retryable,
        ) from error
    accepted = len({*mail.to, *mail.cc, *mail.bcc}) - len(sent.refused)
    ctx.log.info(f"The mail server took the mail for {accepted} recipient{'' if accepted == 1 else 's'}.")
    if sent.refused:
        raise _refused(sent.refused, accepted)


def _refused(refused: dict[str, str], accepted: int) -> NodeError:
    reasons = "; ".join(f"{address}: {reason}" for address, reason in refused.items())
    return NodeError(
        "recipient_refused",
        f"The mail went to {accepted}, but the server refused {reasons}"[:500],
        hint="Correct the address. The others have the mail already, so do not send it to them again.",
        field="to",
    )
