"""Signing what is sent: as Standard Webhooks says, or a plain HMAC of the body in a header."""

import base64
import hmac
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from actions.services.http import HEADER_NAME, OWN_HEADERS, Outgoing, with_header
from actions.services.http_auth import HostedFields
from flows.sdk import CredentialRef, NodeConfig, NodeContext, Secret, ui
from flows.sdk.signatures import SECRET_START, standard_key


def _key(text: str) -> str:
    text = text.strip()
    if not standard_key(text):
        raise ValueError(f"After {SECRET_START} stands base64. Copy the secret again.")
    return text


def _header(name: str) -> str:
    if not HEADER_NAME.fullmatch(name) or name.lower() in OWN_HEADERS:
        raise ValueError("Write the name of a header, such as X-Signature-256.")
    return name


class SigningFields(HostedFields):
    """The secret that both sides know."""

    secret: Annotated[Secret, AfterValidator(_key)] = ui(
        label="Secret",
        help=f"Shared with the receiver. {SECRET_START}… as Standard Webhooks writes it, or any text.",
        min_length=8,
    )


class SigningConfig(NodeConfig):
    """How a node's requests are signed."""

    sign: Literal["no", "standard", "hmac"] = ui(
        "no",
        label="Sign",
        help="The receiver can then check who sent it.",
        group="Signature",
        choices={
            "no": "No",
            "standard": "Standard Webhooks (id, time and body)",
            "hmac": "A signature of the body (as GitHub)",
        },
    )
    signing_credential: CredentialRef("http-signing") = ui(  # type: ignore[valid-type]
        "", label="Signing secret", group="Signature", depends_on={"sign": ["standard", "hmac"]}
    )
    sign_names: Annotated[str, AfterValidator(_header)] = ui(
        "webhook",
        label="Beginning of the header names",
        help="webhook gives webhook-id, webhook-timestamp and webhook-signature.",
        group="Signature",
        max_length=60,
        depends_on={"sign": ["standard"]},
    )
    sign_header: Annotated[str, AfterValidator(_header)] = ui(
        "X-Hub-Signature-256",
        label="Header of the signature",
        group="Signature",
        max_length=100,
        depends_on={"sign": ["hmac"]},
    )
    sign_prefix: str = ui(
        "sha256=",
        label="Before the signature",
        group="Signature",
        max_length=40,
        pattern=r"^[\x21-\x7e]*$",
        depends_on={"sign": ["hmac"]},
    )
    sign_hash: Literal["sha256", "sha512", "sha1"] = ui(
        "sha256",
        label="Hash",
        group="Signature",
        choices={"sha256": "SHA-256", "sha512": "SHA-512", "sha1": "SHA-1, for receivers that know no other"},
        depends_on={"sign": ["hmac"]},
    )
    sign_encoding: Literal["hex", "base64"] = ui(
        "hex",
        label="Signature written as",
        group="Signature",
        choices={"hex": "Hex", "base64": "Base64"},
        depends_on={"sign": ["hmac"]},
    )

    @model_validator(mode="after")
    def _names_a_secret(self) -> "SigningConfig":
        if self.sign != "no" and not self.signing_credential:
            raise ValueError("Choose the credential that holds the signing secret.")
        return self


def signed(ctx: NodeContext, request: Outgoing, config: SigningConfig) -> Outgoing:
    """The request with its signature, when the config asks for one.

    The id of a Standard Webhook is the step's idempotency key: every try has the same one.

    Raises:
        NodeError: what `NodeContext.opened` raises.
    """
    if config.sign == "no":
        return request
    secret = ctx.opened(config.signing_credential, SigningFields).secret
    body = request.content or b""
    if config.sign == "standard":
        moment = str(int(ctx.clock.now().timestamp()))
        text = f"{ctx.idempotency_key}.{moment}.".encode() + body
        signature = base64.b64encode(hmac.digest(standard_key(secret), text, "sha256")).decode()
        for part, value in {
            "id": ctx.idempotency_key,
            "timestamp": moment,
            "signature": f"v1,{signature}",
        }.items():
            request = with_header(request, f"{config.sign_names}-{part}", value)
        return request
    digest = hmac.digest(secret.encode(), body, config.sign_hash)
    signature = digest.hex() if config.sign_encoding == "hex" else base64.b64encode(digest).decode()
    return with_header(request, config.sign_header, f"{config.sign_prefix}{signature}")
