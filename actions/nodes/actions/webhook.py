"""Webhook: send an HTTP request to another system."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, Field, field_validator, model_validator

from actions.services.http import (
    ANSWER_SHAPE,
    Headers,
    Logged,
    Outgoing,
    Timeout,
    answer_json,
    json_bytes,
    send,
    url_problem,
    with_defaults,
)
from actions.services.http_auth import SecurityConfig, signed_in
from actions.services.signing import SigningConfig, signed
from flows.sdk import (
    Emit,
    FieldPath,
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
    with_value,
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


class RequestConfig(NodeConfig):
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
    user_agent: TemplateHeader = ui(
        "", label="User agent", help="Who we say we are; empty says hookflow.", placeholder="hookflow"
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
    def _names_the_other_type(self) -> "RequestConfig":
        if self.content_type in (OTHER_JSON, OTHER_TEXT) and not self.custom_type:
            raise ValueError("Write the name of the other content type.")
        return self


class AnswerConfig(NodeConfig):
    """What becomes of the answer."""

    as_field: FieldPath | None = ui(
        None,
        label="As field",
        help="Puts status, headers and body of the answer into this field. Empty keeps nothing of it.",
        placeholder="response",
        group="Answer",
    )
    max_kib: int = ui(
        64,
        label="Largest answer (KiB)",
        help="A larger answer fails the step.",
        group="Answer",
        ge=1,
        le=1024,
    )
    log: Logged = ui(
        "line",
        label="In the log of the run",
        group="Answer",
        choices={
            "off": "Nothing",
            "line": "One line, and the answer when it is a failure",
            "exchange": "Headers and content of both, without secrets",
        },
    )

    @field_validator("as_field", mode="before")
    @classmethod
    def _empty_is_none(cls, drawn: Json) -> Json:
        return None if drawn == "" else drawn


class WebhookConfig(AnswerConfig, SigningConfig, SecurityConfig, RequestConfig):
    """The request, who signs it in, its signature, and what becomes of the answer."""


@node
class Webhook(Node):
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
        return joined(config.method, "→", host_of(config.url))

    def check(self, config: WebhookConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """A fixed URL that cannot be called."""
        problem = url_problem(config.url)
        return [("url", *problem)] if problem else []

    def fields(self, config: WebhookConfig, upstream: Shape) -> Mapping[str, Shape]:
        """The record, with the answer when it is kept."""
        return {"out": upstream.with_field(config.as_field, ANSWER_SHAPE) if config.as_field else upstream}

    async def run(self, ctx: NodeContext, config: WebhookConfig, record: Record) -> Emit:
        """Sign it in, sign it and send it; the record goes on, with the answer when it is kept."""
        request = signed(ctx, signed_in(ctx, _request(config, record), config), config)
        answer = await send(
            ctx, request, timeout=config.timeout, max_body_bytes=config.max_kib * 1024, log=config.log
        )
        return Emit(
            "out", with_value(record, config.as_field, answer_json(answer)) if config.as_field else record
        )

    def preview(self, config: WebhookConfig, record: Record) -> JsonObject:
        """The request that would be sent, and by which credentials: they are not opened for this."""
        names = {
            "signed_in_with": config.credential,
            "signed_with": config.sign != "no" and config.signing_credential,
        }
        return {**_request(config, record).as_json(), **{key: name for key, name in names.items() if name}}

    def dry_run_result(self, config: WebhookConfig, record: Record) -> Emit:
        """The record, with an empty answer where one would be kept."""
        answer: JsonObject = {"status": 200, "headers": {}, "body": None}
        return Emit("out", with_value(record, config.as_field, answer) if config.as_field else record)


def _request(config: WebhookConfig, record: Record) -> Outgoing:
    content, content_type = _content(config, record)
    headers = with_defaults(config.headers, Content_Type=content_type, User_Agent=config.user_agent)
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
