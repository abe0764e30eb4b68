"""Sending one HTTP request for a node: what may be sent, and which answers are failures."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field

from actions.services.http_log import log_message
from common import egress, strict_json
from common.egress.hosts import host_with_port
from common.redact import is_secret_name, shown_url
from flows.sdk import (
    FlowDuration,
    HttpAnswer,
    Json,
    JsonObject,
    NodeContext,
    NodeError,
    Shape,
    TemplateHeader,
    Tls,
)
from flows.sdk.config import duration_seconds

MAX_HEADERS = 50
LONGEST_TIMEOUT_SECONDS = 300
LONGEST_RETRY_AFTER_SECONDS = 7 * 86_400
SHOWN_CHARACTERS = 500
USER_AGENT = "hookflow"

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
OWN_HEADERS = frozenset(
    {"connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"}
)
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
RETRYABLE_STATUSES = frozenset({408, 425, 429})
HINTS = {
    401: "Check the credential, or what the headers hold.",
    403: "Check whether who signs in may do this.",
    404: "Check the URL.",
    405: "Check the method.",
    413: "Send less.",
    415: "Check the content type.",
    429: "It is asked too often; set retries to try again later.",
}


def _headers(headers: dict[str, str]) -> dict[str, str]:
    seen: set[str] = set()
    for name in headers:
        if not HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a header name; write one such as X-Request-Source.")
        if name.lower() in OWN_HEADERS:
            raise ValueError(f"The header {name} is set by the connection itself; leave it out.")
        if name.lower() in seen:
            raise ValueError(f"The header {name} is there twice.")
        seen.add(name.lower())
    return headers


def _timeout(text: str) -> str:
    if not 0 < duration_seconds(text) <= LONGEST_TIMEOUT_SECONDS:
        raise ValueError("Write a time from 1ms to 5m.")
    return text


Headers = Annotated[dict[str, TemplateHeader], AfterValidator(_headers), Field(max_length=MAX_HEADERS)]
"""Request headers by name; their values are templates."""

Timeout = Annotated[FlowDuration, AfterValidator(_timeout)]
"""How long a request may take as a whole."""


Logged = Literal["off", "line", "exchange"]
"""What the log of the run gets of a request: nothing, a line (and the answer of a failure), or all that goes over."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that is ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    tls: Tls | None = None
    hidden: frozenset[str] = frozenset()
    """Lower-case names of headers that no log shows."""

    def headers_under(self, key: str) -> dict[str, str]:
        """All headers; what changes something carries the idempotency key."""
        own_key = None if self.method in READING_METHODS else key
        return with_defaults(self.headers, User_Agent=USER_AGENT, Idempotency_Key=own_key)

    def as_json(self) -> JsonObject:
        """What exactly would be sent, for a dry run; the key is made when the step is."""
        return {
            "method": self.method,
            "url": self.url,
            "headers": self.headers_under("(made for the step)"),
            "body": None if self.content is None else self.content.decode("utf-8", errors="replace"),
        }


def with_defaults(given: Mapping[str, str], **defaults: str | None) -> dict[str, str]:
    """The given headers, and those defaults that nobody gave. `Content_Type` stands for `Content-Type`."""
    names = {name.lower() for name in given}
    added = {name.replace("_", "-"): value for name, value in defaults.items() if value}
    return {**{name: value for name, value in added.items() if name.lower() not in names}, **given}


def with_header(request: Outgoing, name: str, value: str) -> Outgoing:
    """The request with this header in place of one of the same name."""
    others = {key: text for key, text in request.headers.items() if key.lower() != name.lower()}
    return replace(request, headers={**others, name: value}, hidden=request.hidden | {name.lower()})


def with_parameter(request: Outgoing, name: str, value: str) -> Outgoing:
    """The request with one more parameter in its query."""
    address, mark, fragment = request.url.partition("#")
    glue = "&" if "?" in address else "?"
    return replace(
        request, url=f"{address}{glue}{quote(name, safe='')}={quote(value, safe='')}{mark}{fragment}"
    )


_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def json_bytes(value: Json) -> bytes:
    """The value as JSON text in UTF-8."""
    return _JSON.encode(value).encode()


def url_problem(url: str) -> tuple[str, str] | None:
    """What is wrong with a URL that has no template in it, as (message, hint)."""
    if "{{" in url:
        return None
    try:
        egress.parse(url)
    except egress.EgressError as error:
        return str(error), error.hint
    return None


async def send(
    ctx: NodeContext,
    request: Outgoing,
    *,
    timeout: str,
    max_body_bytes: int = 65_536,
    log: Logged = "line",
) -> HttpAnswer:
    """Send the request under the step's idempotency key and take the answer if its status is 2xx.

    Requests that change something follow no redirect: on its way a POST may become a GET, and seem done.

    Args:
        log: see `Logged`.

    Raises:
        NodeError: `http_status`, and what `HttpClient.request` raises.
    """
    headers = request.headers_under(ctx.idempotency_key)
    if log == "exchange":
        log_message(ctx, "Sent", headers, request.content, request.hidden)
    answer = await ctx.http.request(
        request.method,
        request.url,
        headers=headers,
        content=request.content,
        timeout_seconds=duration_seconds(timeout),
        max_body_bytes=max_body_bytes,
        follow_redirects=request.method in READING_METHODS,
        **({} if request.tls is None else {"tls": request.tls}),
    )
    if log != "off":
        ctx.log.info(f"{request.method} {shown_url(request.url)} answered {answer.status}.")
    if log == "exchange":
        log_message(ctx, "Received", answer.headers, answer.body)
    if not 200 <= answer.status < 300:
        if answer.body and log == "line":
            ctx.log.warning(f"The answer was: {answer.text[:SHOWN_CHARACTERS]}")
        raise status_error(ctx, request, answer)
    return answer


def status_error(ctx: NodeContext, request: Outgoing, answer: HttpAnswer) -> NodeError:
    """The failure that an answer other than 2xx is."""
    host = urlsplit(request.url).hostname or "The other side"
    retryable = answer.status in RETRYABLE_STATUSES or answer.status >= 500
    return NodeError(
        "http_status",
        f"{host} answered {answer.status}{_phrase(answer.status)}.",
        hint=_hint(answer),
        field="url" if answer.status in (301, 302, 303, 307, 308, 404, 410) else None,
        retryable=retryable,
        retry_after=retry_after_seconds(ctx, answer.headers.get("retry-after", "")) if retryable else None,
    )


def host_and_port(url: str) -> str:
    """Where a URL leads, as the hosts of a credential are written.

    Raises:
        EgressError: `bad_url`.
    """
    target = egress.parse(url)
    return host_with_port(target.host, target.port)


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""


def _hint(answer: HttpAnswer) -> str:
    if 300 <= answer.status < 400 and answer.headers.get("location"):
        return f"The address has moved to {shown_url(answer.headers['location'])}; write the new one."
    if answer.status in HINTS:
        return HINTS[answer.status]
    if answer.status >= 500:
        return "The fault is on the other side; set retries to try again later."
    return "Look at the answer in the log of the run."


def retry_after_seconds(ctx: NodeContext, text: str) -> float | None:
    """What a `Retry-After` asks for, seconds or a date; None when it says neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
    else:
        try:
            seconds = (parsedate_to_datetime(text) - ctx.clock.now()).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)


def answer_value(answer: HttpAnswer) -> Json:
    """The answer as a value: JSON when it says or looks so, text otherwise, null when it is empty.

    Raises:
        NodeError: `bad_answer`: it says that it is JSON and is not.
    """
    if not answer.body.strip():
        return None
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    if not is_json and answer.body.lstrip()[:1] not in (b"{", b"["):
        return answer.text.replace("\x00", "\ufffd")
    try:
        return strict_json.loads(answer.body)
    except strict_json.BadJson as error:
        if not is_json:
            return answer.text.replace("\x00", "\ufffd")
        raise NodeError(
            "bad_answer", f"The answer says that it is JSON and cannot be read. {error}", hint=error.hint
        ) from error


ANSWER_SHAPE = Shape.object(
    {
        "status": Shape.integer("Such as 200"),
        "headers": Shape.object({}, "By their names in lower case", is_open=True),
        "body": Shape.anything("JSON as a value, anything else as text"),
    }
)


def answer_json(answer: HttpAnswer) -> JsonObject:
    """The answer as `ANSWER_SHAPE` says. A body that only says that it is JSON is text: what was asked for is done."""
    shown = {name: value for name, value in answer.headers.items() if not is_secret_name(name)}
    try:
        body = answer_value(answer)
    except NodeError:
        body = answer.text.replace("\x00", "\ufffd")
    return {"status": answer.status, "headers": shown, "body": body}
