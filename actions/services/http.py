"""Sending one HTTP request for a node: what may be sent, and which answers are failures."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from common import egress, strict_json
from flows.sdk import (
    FlowDuration,
    HttpAnswer,
    Json,
    JsonObject,
    NodeContext,
    NodeError,
    TemplateHeader,
)
from flows.sdk.config import duration_seconds

MAX_HEADERS = 50
LONGEST_TIMEOUT_SECONDS = 300
LONGEST_RETRY_AFTER_SECONDS = 7 * 86_400
SHOWN_CHARACTERS = 500

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
OWN_HEADERS = frozenset(
    {"connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"}
)
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
RETRYABLE_STATUSES = frozenset({408, 425, 429})
HINTS = {
    401: "Check the credentials in the headers.",
    403: "Check whether these credentials may do this.",
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


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that is ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None

    def headers_under(self, key: str) -> dict[str, str]:
        """All headers; what changes something carries the idempotency key."""
        own_key = None if self.method in READING_METHODS else key
        return with_defaults(self.headers, User_Agent="hookflow", Idempotency_Key=own_key)

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


def json_bytes(value: Json) -> bytes:
    """The value as JSON text in UTF-8."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


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
) -> HttpAnswer:
    """Send the request under the step's idempotency key and take the answer if its status is 2xx.

    Requests that change something follow no redirect: on its way a POST may become a GET, and seem done.

    Raises:
        NodeError: `http_status`, and what `HttpClient.request` raises.
    """
    answer = await ctx.http.request(
        request.method,
        request.url,
        headers=request.headers_under(ctx.idempotency_key),
        content=request.content,
        timeout_seconds=duration_seconds(timeout),
        max_body_bytes=max_body_bytes,
        follow_redirects=request.method in READING_METHODS,
    )
    ctx.log.info(f"{request.method} {shown_url(request.url)} answered {answer.status}.")
    if not 200 <= answer.status < 300:
        if answer.body:
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
        retry_after=_retry_after(ctx, answer) if retryable else None,
    )


def shown_url(url: str) -> str:
    """The URL without what may hold secrets: user name, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


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


def _retry_after(ctx: NodeContext, answer: HttpAnswer) -> float | None:
    text = answer.headers.get("retry-after", "").strip()
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
