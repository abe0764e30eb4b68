"""Inbound webhook: another system calls the flow's own URL."""

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator

from flows.sdk import (
    ExampleRecord,
    HookTrigger,
    Kind,
    NodeConfig,
    NodeMeta,
    Shape,
    TriggerKind,
    TriggerNode,
    node,
    record_shape,
    ui,
)
from flows.sdk.signatures import signature_schemes

SCHEMES = signature_schemes.values()
AUTH_LABELS = {"token": "The secret itself", **{scheme.name: scheme.label for scheme in SCHEMES}}
if TYPE_CHECKING:
    Auth = str
else:
    Auth = Literal[tuple(AUTH_LABELS)]  # schemes of plugins are loaded before node types
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")


def _asking(field: str) -> list[str]:
    return [scheme.name for scheme in SCHEMES if field in scheme.asks]


def _header_name(text: str) -> str:
    if not HEADER_NAME.fullmatch(text):
        raise ValueError("Write the name of a header, such as X-Signature-256.")
    return text


def _optional_header_name(text: str) -> str:
    return _header_name(text) if text else text


class InboundWebhookConfig(NodeConfig):
    """How a caller proves who it is, and what it sends."""

    auth: Auth = ui(
        "token",
        label="Caller shows",
        help="Every flow has its own secret. It is shown once, when it is made or changed. A signed call counts once: "
        "sent again, it starts nothing. With a time in it, it has to arrive within five minutes.",
        choices=AUTH_LABELS,
        group="Sign-in",
    )
    header: Annotated[str, AfterValidator(_header_name)] = ui(
        "Authorization",
        label="Header",
        help="The request header that holds the secret or the signature.",
        group="Sign-in",
        depends_on={"auth": ["token", *_asking("header")]},
    )
    prefix: str = ui(
        "",
        label="Prefix",
        help="What stands before the signature in the header, such as sha256=.",
        placeholder="sha256=",
        group="Sign-in",
        max_length=50,
        depends_on={"auth": _asking("prefix")},
    )
    delivery_header: Annotated[str, AfterValidator(_optional_header_name)] = ui(
        "Idempotency-Key",
        label="Delivery header",
        help="A header whose value differs for each delivery. One that comes twice starts one run.",
        placeholder="X-Delivery-Id",
        depends_on={"auth": ["token"]},
    )
    example: ExampleRecord = ui(
        "",
        label="Example payload",
        help="Paste a JSON object that the caller sends. Its fields become known to the nodes that follow.",
        widget="json",
        placeholder='{"action": "opened"}',
    )


@node
class InboundWebhook(TriggerNode):
    meta = NodeMeta(
        type="inbound-webhook",
        kind=Kind.TRIGGER,
        label="Inbound webhook",
        summary="Start when another system calls the flow's own URL.",
        icon="webhook",
    )
    Config = InboundWebhookConfig
    starts_by = TriggerKind.HOOK

    def summary(self, config: InboundWebhookConfig) -> str:
        if config.auth == "token":
            return f"Secret in {config.header}"
        if config.auth in _asking("header"):
            return f"Signature in {config.header}"
        return AUTH_LABELS[config.auth].partition(" (")[0]

    def listens_to(self, config: InboundWebhookConfig) -> HookTrigger:
        """Calls of the flow's URL that are signed as configured."""
        return HookTrigger(
            auth=config.auth,
            header=config.header,
            prefix=config.prefix if config.auth in _asking("prefix") else "",
            delivery_header=config.delivery_header,
        )

    def payload_shape(self, config: InboundWebhookConfig) -> Shape:
        """The fields of the example; an open record without one."""
        return record_shape(config.example)
