"""Send mail: a message to one or several people."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from actions.credentials.smtp import SmtpFields
from actions.services.mail import default_sender, deliver, obstacles, server_name
from common.egress.mail import MAX_RECIPIENTS, Mail
from flows.sdk import (
    CredentialRef,
    Emit,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    OnCrash,
    Record,
    TemplateAddress,
    TemplateHtml,
    TemplateText,
    node,
    ui,
)
from flows.sdk.summaries import plain

COMMA = re.compile(r",(?![^{]*\}\})")


def _one_by_one(value: Json) -> Json:
    """Addresses in one text, separated by commas, as a list; commas inside braces belong to a template."""
    return [part.strip() for part in COMMA.split(value) if part.strip()] if isinstance(value, str) else value


Recipients = Annotated[list[TemplateAddress], BeforeValidator(_one_by_one), Field(max_length=MAX_RECIPIENTS)]


class SendMailConfig(NodeConfig):
    """Who gets what."""

    to: Recipients = ui(
        label="To",
        help="One address in each place. A template fills one address and can never add another.",
        widget="tags",
        placeholder="ops@example.org",
        min_length=1,
    )
    cc: Recipients = ui([], label="Cc", widget="tags", group="More recipients")
    bcc: Recipients = ui(
        [], label="Bcc", help="Nobody else sees these.", widget="tags", group="More recipients"
    )
    subject: TemplateText = ui(
        label="Subject",
        help="One line of at most 200 characters.",
        placeholder="{{ hostname }} was created",
        min_length=1,
    )
    content: TemplateText = ui(
        label="Content", help="The text of the message.", widget="textarea", min_length=1
    )
    html: TemplateHtml = ui(
        "",
        label="HTML content",
        help="Shown instead of the text where HTML is shown. Inserted values are escaped.",
        widget="textarea",
        placeholder="<p>Hello <b>{{ name }}</b></p>",
    )
    credential: CredentialRef("smtp") = ui(  # type: ignore[valid-type]  # a function gives the type
        "", label="Mail server", help="A credential of the type SMTP; empty takes the installation's server."
    )
    sender: TemplateAddress | None = ui(
        None,
        label="From",
        help="Empty takes the sender of the mail server. On the installation's, others have to be allowed by the "
        "platform admin.",
        placeholder="hookflow@example.org",
    )


@node
class SendMail(Node):
    meta = NodeMeta(
        type="send-mail",
        kind=Kind.ACTION,
        label="Send mail",
        summary="Send a mail to one or several people.",
        icon="mail",
        unset="No recipient",
        durable=True,
        on_crash=OnCrash.ASK,
    )
    Config = SendMailConfig

    def summary(self, config: SendMailConfig) -> str:
        first, *others = config.to or [""]
        more = f" and {len(others)} more" if others else ""
        return f"→ {plain(first)}{more}" if first else ""

    async def run(self, ctx: NodeContext, config: SendMailConfig, record: Record) -> Emit:
        """Send it; the record goes on as it came."""
        if config.credential:
            smtp = ctx.opened(config.credential, SmtpFields)
            await deliver(ctx, _mail(config, smtp.sender), smtp.server())
        else:
            await deliver(ctx, _mail(config, default_sender()))
        return Emit("out", record)

    def warnings(self, config: SendMailConfig, owner_id: int | None) -> list[tuple[str, str, str]]:
        """A mail server that is not there, and a sender that the flow may not use."""
        return [] if config.credential else list(obstacles(config.sender, owner_id))

    def preview(self, config: SendMailConfig, record: Record) -> JsonObject:
        own = f"The one of the credential “{config.credential}”" if config.credential else ""
        mail = _mail(config, own or default_sender())
        return {
            "server": own or server_name(),
            "from": mail.sender,
            "to": list(mail.to),
            "cc": list(mail.cc),
            "bcc": list(mail.bcc),
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
        }


def _mail(config: SendMailConfig, default: str) -> Mail:
    return Mail(
        sender=config.sender or default,
        to=config.to,
        cc=config.cc,
        bcc=config.bcc,
        subject=config.subject,
        text=config.content,
        html=config.html,
    )
