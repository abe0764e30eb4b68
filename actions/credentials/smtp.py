"""SMTP: a mail server of one's own."""

from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from common.egress import EgressError
from common.egress.mail_url import LOOPBACK
from common.egress.smtp import SmtpServer, check_server
from flows.sdk import (
    CredentialFields,
    CredentialMeta,
    CredentialType,
    NodeContext,
    NodeError,
    Secret,
    credential_type,
    ui,
)


class SmtpFields(CredentialFields):
    """A mail server and how to sign in there."""

    host: str = ui(label="Host", placeholder="mail.example.org", min_length=1, max_length=253)
    port: int = ui(587, label="Port", ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = ui(
        "starttls",
        label="Encryption",
        help="STARTTLS refuses to go on when the server does not offer it. None sends everything in the clear.",
        choices={"starttls": "STARTTLS", "tls": "TLS from the start", "none": "None"},
    )
    user: str = ui("", label="User", help="Empty: without signing in.", max_length=320)
    password: Secret = ui("", label="Password")
    sender: str = ui(
        "",
        label="From",
        help="The sender of mails that name none.",
        placeholder="hookflow@example.org",
        max_length=400,
    )

    @model_validator(mode="after")
    def _not_in_the_clear(self) -> Self:
        if self.user and self.security == "none" and self.host not in LOOPBACK:
            raise PydanticCustomError(
                "password_in_the_clear",
                "A password is not sent in the clear.",
                {"hint": "Choose STARTTLS or TLS, or leave the user empty."},
            )
        return self

    def server(self) -> SmtpServer:
        """Where mail goes out."""
        return SmtpServer(self.host, self.port, self.security, self.user, self.password)


@credential_type
class Smtp(CredentialType):
    meta = CredentialMeta("smtp", "SMTP", "mail-cog", "Send mails over a mail server of your own.")
    Fields = SmtpFields

    def hosts(self, fields: SmtpFields) -> list[str]:
        host = f"[{fields.host}]" if ":" in fields.host and not fields.host.startswith("[") else fields.host
        return [f"{host}:{fields.port}"]

    async def test(self, ctx: NodeContext, fields: SmtpFields) -> str:
        """Connect and sign in; no mail is sent."""
        try:
            await check_server(fields.server())
        except EgressError as error:
            raise NodeError.of(error, field=error.field) from error
        signed_in = f" and accepts the sign-in of {fields.user}" if fields.user else ""
        return f"{fields.host} answers{signed_in}."
