"""Webhook: send an HTTP request to another system."""

import re
from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, Field, model_validator

from actions.services.http import Headers, Outgoing, Timeout, json_bytes, send, url_problem, with_defaults
from flows.sdk import (
    Emit,
    Json,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Record,
    Shape,
    TemplateHeader,
    TemplateJson,
    TemplateText,
    TemplateUrl,
    node,
    ui,
)
from flows.sdk.summaries import host_of, joined

JSON, TEXT, FORM = "application/json", "text/plain", "application/x-www-form-urlencoded"
OTHER_JSON, OTHER_TEXT = "other-json", "other-text"
MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(; ?[A-Za-z0-9_-]+=[A-Za-z0-9_.-]+)*")
MAX_MEDIA_TYPE = 200


def _is_media_type(text: str) -> bool:
    return len(text) <= MAX_MEDIA_TYPE and MEDIA_TYPE.fullmatch(text) is not None


def _media_type(text: str) -> str:
    if text and "{{" not in text and not _is_media_type(text):
        raise ValueError("Write a media type, such as application/cloudevents+json.")
    return text


MediaType = Annotated[TemplateHeader, AfterValidator(_media_type)]


class WebhookConfig(NodeConfig):
    """Where to send what."""

    url: TemplateUrl = ui(
        label="URL",
        help="Inserted values are encoded, so that none of them can change the path.",
        placeholder="https://hooks.example.org/servers",
        min_length=1,
    )
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET", "HEAD"] = ui(
        "POST", label="Method", help="GET and HEAD send no content."
    )
    content_type: Literal[
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "other-json",
        "other-text",
    ] = ui(
        JSON,
        label="Content type",
        choices={
            JSON: "JSON (application/json)",
            TEXT: "Text as it is (text/plain)",
            FORM: "Form fields (application/x-www-form-urlencoded)",
            OTHER_JSON: "Another type, sent as JSON",
            OTHER_TEXT: "Another type, sent as it is",
        },
    )
    custom_type: MediaType = ui(
        "",
        label="Name of the other type",
        help="One type, such as application/xml; charset=utf-8. A template must give one.",
        placeholder="application/cloudevents+json",
        depends_on={"content_type": [OTHER_JSON, OTHER_TEXT]},
    )
    content: TemplateJson = ui(
        None,
        label="Content",
        help="JSON whose texts are templates; no value can add a field. Empty sends the whole record.",
        widget="json",
        placeholder='{"server": "{{ hostname }}"}',
        depends_on={"content_type": [JSON, OTHER_JSON]},
    )
    text: TemplateText = ui(
        "",
        label="Text",
        help="Sent as it is.",
        widget="textarea",
        placeholder="{{ hostname }} is up",
        depends_on={"content_type": [TEXT, OTHER_TEXT]},
    )
    form: Annotated[dict[str, TemplateText], Field(max_length=100)] = ui(
        {}, label="Form fields", widget="key-value", depends_on={"content_type": [FORM]}
    )
    headers: Headers = ui(
        {},
        label="Headers",
        help="An Idempotency-Key that is the same for every try is sent in any case.",
        widget="key-value",
    )
    timeout: Timeout = ui("30s", label="Time limit", help="For the whole request.")

    @model_validator(mode="before")
    @classmethod
    def _drop_empty_content(cls, drawn: Json) -> Json:
        # Told apart from a template that gives null: that sends null, and not the whole record.
        if isinstance(drawn, dict) and drawn.get("content") in (None, ""):
            return {name: value for name, value in drawn.items() if name != "content"}
        return drawn

    @model_validator(mode="after")
    def _names_the_other_type(self) -> "WebhookConfig":
        if self.content_type in (OTHER_JSON, OTHER_TEXT) and not self.custom_type:
            raise ValueError("Write the name of the other content type.")
        return self


@node
class Webhook(Node):
    """Sends a request."""

    meta = NodeMeta(
        type="webhook",
        kind=Kind.ACTION,
        label="Webhook",
        summary="Send an HTTP request to another system.",
        icon="webhook",
        unset="No URL",
        durable=True,
    )
    Config = WebhookConfig

    def summary(self, config: WebhookConfig) -> str:
        """Who is called."""
        return joined(config.method, "→", host_of(config.url))

    def check(self, config: WebhookConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """A fixed URL that cannot be called."""
        problem = url_problem(config.url)
        return [("url", *problem)] if problem else []

    async def run(self, ctx: NodeContext, config: WebhookConfig, record: Record) -> Emit:
        """Send it; the record goes on as it came."""
        await send(ctx, _request(config, record), timeout=config.timeout)
        return Emit("out", record)

    def preview(self, config: WebhookConfig, record: Record) -> JsonObject:
        """The request that would be sent."""
        return _request(config, record).as_json()


def _request(config: WebhookConfig, record: Record) -> Outgoing:
    content, content_type = _content(config, record)
    headers = with_defaults(config.headers, Content_Type=content_type)
    return Outgoing(config.method, config.url, headers, content)


def _content(config: WebhookConfig, record: Record) -> tuple[bytes | None, str | None]:
    if config.method in ("GET", "HEAD"):
        return None, None
    if config.content_type == FORM:
        return urlencode(config.form).encode(), FORM
    if config.content_type in (TEXT, OTHER_TEXT):
        other = config.content_type == OTHER_TEXT
        return config.text.encode(), _other_type(config) if other else f"{TEXT}; charset=utf-8"
    value = config.content if "content" in config.model_fields_set else dict(record)
    return json_bytes(value), _other_type(config) if config.content_type == OTHER_JSON else JSON


def _other_type(config: WebhookConfig) -> str:
    """The type that was written, or that its template gave.

    Raises:
        NodeError: `bad_content_type`.
    """
    if not _is_media_type(config.custom_type):
        raise NodeError(
            "bad_content_type",
            f"“{config.custom_type[:80]}” is not a media type.",
            hint="It looks like application/cloudevents+json.",
            field="custom_type",
        )
    return config.custom_type
