"""REST resource: ask another system and put its answer into the record."""

from collections.abc import Mapping
from typing import Literal

from actions.services.http import (
    Headers,
    Outgoing,
    Timeout,
    answer_value,
    json_bytes,
    send,
    url_problem,
    with_defaults,
)
from actions.services.http_auth import SecurityConfig, signed_in
from flows.sdk import (
    Emit,
    ExampleJson,
    FieldPath,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Record,
    Shape,
    TemplateJson,
    TemplateText,
    TemplateUrl,
    example_shape,
    node,
    parsed_example,
    ui,
    with_value,
)
from flows.sdk.summaries import host_of, joined

WITH_BODY = ["POST", "PUT", "PATCH", "DELETE"]


class ResourceConfig(NodeConfig):
    """What to ask, and where the answer goes."""

    url: TemplateUrl = ui(
        label="URL",
        help="Inserted values are encoded, so that none of them can change the path.",
        placeholder="https://api.example.org/owners/{{ userid }}",
        min_length=1,
    )
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = ui("GET", label="Request method")
    as_field: FieldPath = ui(
        "response",
        label="As field",
        help="The field in which the answer is put.",
        placeholder="response",
    )
    example: ExampleJson = ui(
        "",
        label="Example response",
        help="Paste an answer as JSON. Its fields become known downstream, and a dry run uses it.",
        widget="json",
        placeholder='{"vlan": {"id": 12}}',
    )
    headers: Headers = ui({}, label="Headers", widget="key-value", group="Request")
    body_type: Literal["none", "json", "text"] = ui(
        "none",
        label="Body",
        group="Request",
        choices={"none": "None", "json": "JSON", "text": "Text"},
        depends_on={"method": WITH_BODY},
    )
    json_body: TemplateJson = ui(
        None,
        label="JSON body",
        help="Each text in it is a template; a value can fill a field but never add one.",
        widget="json",
        group="Request",
        depends_on={"body_type": ["json"]},
    )
    text_body: TemplateText = ui(
        "", label="Text body", widget="textarea", group="Request", depends_on={"body_type": ["text"]}
    )
    timeout: Timeout = ui("30s", label="Time limit", help="For the whole request.", group="Limits")
    max_kib: int = ui(
        256,
        label="Largest answer (KiB)",
        help="A larger answer fails the step.",
        group="Limits",
        ge=1,
        le=1024,
    )


class RestResourceConfig(SecurityConfig, ResourceConfig):
    """The question, and who asks."""


@node
class RestResource(Node):
    meta = NodeMeta(
        type="rest-resource",
        kind=Kind.ENRICHER,
        label="REST resource",
        summary="Ask another system over HTTP and put its answer into the record.",
        icon="world-download",
        unset="No URL",
        durable=True,
    )
    Config = RestResourceConfig

    def summary(self, config: RestResourceConfig) -> str:
        return joined(config.method, host_of(config.url), "→", config.as_field)

    def fields(self, config: RestResourceConfig, upstream: Shape) -> Mapping[str, Shape]:
        """The record with the fields of the example."""
        return {"out": upstream.with_field(config.as_field, example_shape(config.example))}

    def check(self, config: RestResourceConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """A fixed URL that cannot be called."""
        problem = url_problem(config.url)
        return [("url", *problem)] if problem else []

    async def run(self, ctx: NodeContext, config: RestResourceConfig, record: Record) -> Emit:
        request = signed_in(ctx, _request(config), config)
        answer = await send(ctx, request, timeout=config.timeout, max_body_bytes=config.max_kib * 1024)
        return Emit("out", with_value(record, config.as_field, answer_value(answer)))

    def preview(self, config: RestResourceConfig, record: Record) -> JsonObject:
        """The request that would be sent, and by which credential: it is not opened for this."""
        named = {"signed_in_with": config.credential} if config.credential else {}
        return {**_request(config).as_json(), **named}

    def dry_run_result(self, config: RestResourceConfig, record: Record) -> Emit:
        """The record with the example as the answer."""
        value = parsed_example(config.example) if config.example.strip() else None
        return Emit("out", with_value(record, config.as_field, value))


def _request(config: RestResourceConfig) -> Outgoing:
    body_type = config.body_type if config.method in WITH_BODY else "none"
    content, content_type = None, None
    if body_type == "json":
        content, content_type = json_bytes(config.json_body), "application/json"
    elif body_type == "text":
        content, content_type = config.text_body.encode(), "text/plain; charset=utf-8"
    headers = with_defaults(config.headers, Accept="application/json", Content_Type=content_type)
    return Outgoing(config.method, config.url, headers, content)
