"""`execute_as_workflow` of Cloudify's utilities: the REST calls of a template file, over the guarded way out.

A step that fails in a way that may pass is tried again by the settings of the node, from the first call on, as in the
original.
"""

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from pydantic import Field

from common.http import HttpAnswer, HttpOptions
from common.redact import secrets_known, shown_url
from common.tls import Tls
from flows.sdk import Json, JsonObject, NodeContext, NodeError
from hooks.services.builtins import rest_answers
from hooks.services.builtins.inputs import Inputs, checked
from hooks.services.builtins.rest_template import INPUTS, RestCall, bad_template, read_calls, rendered

PROPERTIES: Final = ("hosts", "host", "port", "ssl", "verify", "timeout", "cert", "proxies", "auth")
NOT_REACHED: Final = frozenset({"unreachable", "timed_out"})


class Execute(Inputs):
    """The original's keyword arguments. `prerender` makes no difference: each call is rendered before it is made."""

    template_file: str = ""
    properties: dict[str, Any] = Field(default_factory=dict)
    params: dict[str, Any] | None = None
    auth: dict[str, str] | None = None
    save_path: str | None = None
    remove_calls: bool = False
    logger_file: Any = None


async def execute_as_workflow(ctx: NodeContext, context: JsonObject, inputs: JsonObject) -> Json:
    """Make the calls; what they gave.

    Raises:
        NodeError: `bad_inputs`, `no_templates`, `unknown_template`, `bad_template`, `unexpected_status`,
            `unexpected_answer`, `bad_answer`, and those of the HTTP client.
    """
    asked = checked(Execute, inputs)
    if not asked.template_file:
        ctx.log.info("Processing finished. No template file provided.")
        return None
    properties = {
        name: asked.properties[name] for name in PROPERTIES if asked.properties.get(name) is not None
    }
    if asked.auth:
        properties["auth"] = asked.auth
    known = {**(asked.properties.get("params") or {}), **(asked.params or {}), INPUTS: context}
    kept: JsonObject = {}
    made: list[Mapping[str, Json]] = []
    for call in await asyncio.to_thread(read_calls, asked.template_file):
        one, urls = await asyncio.to_thread(rendered, call, properties, {**known, **kept})
        with secrets_known((one.auth or {}).get("password", "")):
            made.append(await _made(ctx, one, urls, kept))
    result = rest_answers.told(made, kept, is_short=asked.remove_calls)
    return {asked.save_path: result} if asked.save_path else result


async def _made(ctx: NodeContext, call: RestCall, urls: list[str], kept: JsonObject) -> JsonObject:
    """Make one call and keep what it translates; what is told of it."""
    url, answer = await _sent(ctx, call, urls)
    ctx.log.info(f"{call.method} {shown_url(url)}: {answer.status}")
    if answer.status >= 400 and answer.status not in call.successful_codes:
        is_recoverable = answer.status in call.recoverable_codes
        message = (
            f"Response code {answer.status} defined as recoverable"
            if is_recoverable
            else f"{call.method} {shown_url(url)} answered {answer.status}."
        )
        raise NodeError("unexpected_status", message, retryable=is_recoverable)
    body = rest_answers.read_answer(answer, call.response_format)
    rest_answers.check_answer(body, call.nonrecoverable_response, is_expected=False)
    rest_answers.check_answer(body, call.response_expectation, is_expected=True)
    rest_answers.translate(body, call.response_translation, call.translation_format, kept)
    return {"method": call.method, "url": shown_url(url), "status": answer.status}


async def _sent(ctx: NodeContext, call: RestCall, urls: list[str]) -> tuple[str, HttpAnswer]:
    """The answer of the first host that can be reached."""
    options = _options(call)
    query = f"?{urlencode(call.params, doseq=True)}" if call.params else ""
    last: NodeError | None = None
    for url in urls:
        try:
            return url, await ctx.http.request(call.method, url + query, **options)
        except NodeError as error:
            if error.code not in NOT_REACHED:
                raise
            last = error
    if last is None:
        raise bad_template("A call names no host.")
    last.retryable = last.retryable or call.retry_on_connection_error
    raise last


def _options(call: RestCall) -> HttpOptions:
    headers = dict(call.headers or {})
    names = {name.lower() for name in headers}
    content: bytes | None = None
    if call.payload is not None:
        content, kind = _content(call)
        if kind and "content-type" not in names:
            headers["Content-Type"] = kind
    if call.auth and "authorization" not in names:
        pair = f"{call.auth.get('user', '')}:{call.auth.get('password', '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return {
        "headers": headers,
        "content": content,
        "timeout_seconds": call.timeout or 30.0,
        "tls": _tls(call),
    }


def _content(call: RestCall) -> tuple[bytes, str]:
    if call.payload_format == "json":
        return json.dumps(call.payload).encode(), "application/json"
    if call.payload_format == "urlencoded" and isinstance(call.payload, dict):
        return urlencode(call.payload, doseq=True).encode(), "application/x-www-form-urlencoded"
    if isinstance(call.payload, str):
        return call.payload.encode(), ""
    raise bad_template(f"The payload is not one that can be sent as {call.payload_format}.")


def _tls(call: RestCall) -> Tls | None:
    """Certificates stand in the template or the inputs themselves: no file of this machine is read for them."""
    if call.proxies:
        raise bad_template(
            "Proxies are not used here.", "Remove proxies: calls go out by the platform's own way."
        )
    texts = [text for text in (call.verify, call.cert) if isinstance(text, str)]
    if any("-----BEGIN" not in text for text in texts):
        raise bad_template(
            "verify and cert hold certificates, no names of files.", "Write the PEM text itself."
        )
    if call.verify is True and not call.cert:
        return None
    ca = call.verify if isinstance(call.verify, str) else ""
    return Tls(ca=ca, certificate=call.cert or "", verify=bool(call.verify))
