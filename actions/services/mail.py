"""The mails of flows: who may be their sender, and what the mail server's answer means for the step."""

import re
from collections.abc import Iterator
from dataclasses import replace

from accounts.services import mail as post
from accounts.services.mail import Origin
from accounts.services.mail_senders import may_send_as
from common.egress import EgressError
from common.egress.mail import Mail
from common.egress.smtp import Sent, SmtpServer, send_mail
from flows.sdk import NodeContext, NodeError

CONFIG_FIELDS = {"to": "to", "cc": "cc", "bcc": "bcc", "subject": "subject", "sender": "sender"}
NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._-]+")


def server_name() -> str:
    """Where a mail would go, for a dry run: the server, the mailbox, or why it cannot leave."""
    status = post.status()
    return "The mailbox of this site" if status.is_caught else status.server or status.problem


def obstacles(sender: str | None, owner_id: int | None) -> Iterator[tuple[str, str, str]]:
    """Why a mail would not leave as the installation is set up now, as (field, message, hint).

    Args:
        sender: what the node says; None takes `MAIL_FROM`. A template is judged when it is rendered.
        owner_id: the tenant that owns the flow; None for the platform.
    """
    try:
        post.need_way()
        if sender is None or "{{" not in sender:
            _check_sender(sender or post.status().sender, owner_id)
    except EgressError as error:
        yield "", error.message, error.hint
    except NodeError as error:
        yield error.field or "", str(error), error.hint


def default_sender() -> str:
    """The address in `MAIL_FROM`; empty when there is none."""
    return post.status().sender


async def deliver(ctx: NodeContext, mail: Mail, own: SmtpServer | None = None) -> None:
    """Send one mail under the step's idempotency key.

    Args:
        own: a mail server of the flow's owner, which says itself whose mails it takes; None: the installation's.

    Raises:
        NodeError: `smtp_not_configured`, `no_sender`, `sender_not_allowed`, `recipient_refused`, and those of
            `common.egress.smtp.send_mail`.
    """
    mail = replace(mail, message_id=NOT_IN_AN_ID.sub("-", ctx.idempotency_key))
    try:
        sent = await (_send(ctx, mail) if own is None else _send_over(own, mail))
    except EgressError as error:
        raise NodeError.of(error, field=CONFIG_FIELDS.get(error.field or "")) from error
    accepted = len({*mail.to, *mail.cc, *mail.bcc}) - len(sent.refused)
    taker = "The mailbox of this site" if own is None and post.is_caught() else "The mail server"
    ctx.log.info(f"{taker} took the mail for {accepted} recipient{'' if accepted == 1 else 's'}.")
    if sent.refused:
        raise _refused(sent.refused, accepted)


async def _send(ctx: NodeContext, mail: Mail) -> Sent:
    post.need_way()
    if mail.sender != default_sender() or not mail.sender:  # the usual sender needs no look-up
        await post.on_a_thread(_check_sender, mail.sender, ctx.owner_id)
    return await post.send(mail, Origin(ctx.tenant_id, ctx.run_id))


async def _send_over(own: SmtpServer, mail: Mail) -> Sent:
    if not mail.sender:
        raise NodeError(
            "no_sender",
            "The mail has no sender.",
            hint="Write one here or into the credential.",
            field="sender",
        )
    return await send_mail(mail, own)


def _check_sender(sender: str, owner_id: int | None) -> None:
    if not sender:
        raise NodeError(
            "no_sender",
            "The mail has no sender.",
            hint="Write one into the node, or the platform admin sets MAIL_FROM.",
            field="sender",
        )
    if not may_send_as(sender, owner_id):
        raise NodeError(
            "sender_not_allowed",
            f"This flow may not send mails as {sender[:120]}.",
            hint="Leave From empty, or ask the platform admin to list the address or its domain.",
            field="sender",
        )


def _refused(refused: dict[str, str], accepted: int) -> NodeError:
    reasons = "; ".join(f"{address}: {reason}" for address, reason in refused.items())
    return NodeError(
        "recipient_refused",
        f"The mail went to {accepted}, but the server refused {reasons}"[:500],
        hint="Correct the address. The others have the mail already, so do not send it to them again.",
        field="to",
    )
