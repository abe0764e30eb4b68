"""What goes over HTTP, as lines in the log of a run: without secrets, and only so much of it."""

import json
from collections.abc import Collection, Mapping

from common import strict_json
from common.redact import MASK, is_secret_name, redact_json, redact_text
from flows.sdk import NodeContext

MOST_CHARACTERS = 4_000


def log_message(
    ctx: NodeContext,
    what: str,
    headers: Mapping[str, str],
    body: bytes | None,
    hidden: Collection[str] = (),
) -> None:
    """Write the headers and the beginning of the body.

    Args:
        what: the word before them, such as `Sent`.
        hidden: lower-case names of headers whose value is not shown, beside those whose name tells.
    """
    for name, value in headers.items():
        is_secret = name.lower() in hidden or is_secret_name(name)
        ctx.log.info(f"{what} header {name}: {MASK if is_secret else value}")
    if body:
        text = shown_body(body)
        cut = f" … ({len(text)} characters)" if len(text) > MOST_CHARACTERS else ""
        ctx.log.info(f"{what} body: {text[:MOST_CHARACTERS]}{cut}")


def shown_body(body: bytes) -> str:
    """The body as text, masked: JSON by the names in it, anything else by what stands beside telling words."""
    try:
        return json.dumps(redact_json(strict_json.loads(body)), ensure_ascii=False)
    except strict_json.BadJson:
        return redact_text(body.decode("utf-8", errors="replace"))
