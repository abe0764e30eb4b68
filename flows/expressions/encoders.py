"""What each slot does to the values put into it, and what it refuses in the end."""

import html
import re
from collections.abc import Callable, Mapping

from flows.expressions.budget import Scope
from flows.expressions.values import MAX_NUMBER, text_of
from flows.sdk.config import Slot
from flows.sdk.errors import NodeError
from flows.sdk.fields import type_name
from flows.sdk.json_types import Json

_WHOLE = re.compile(r"\s*[+-]?\d{1,19}\s*")
_HEADER = re.compile(r"[\t\x20-\x7e]*")
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}(?:\.{_LOCAL})*@{_LABEL}(?:\.{_LABEL})*")


def _escaped(scope: Scope, value: Json) -> str:
    text = text_of(scope, value)
    scope.spend(6 * len(text))
    return html.escape(text)


ENCODERS: Mapping[Slot, Callable[[Scope, Json], str]] = {
    Slot.TEXT: text_of,
    Slot.HTML: _escaped,
    Slot.VALUE: text_of,
    Slot.INTEGER: text_of,
    Slot.HEADER: text_of,
    Slot.ADDRESS: text_of,
}


def whole_number(scope: Scope, value: Json) -> int:
    """A whole number, or text that spells one.

    Raises:
        NodeError: `not_a_whole_number`.
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < MAX_NUMBER:
        return value
    if isinstance(value, str):
        scope.spend(len(value))
    if isinstance(value, float) and value.is_integer() and abs(value) < MAX_NUMBER:
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value) and value.isascii():
        return int(value)
    shown = f"“{value[:60]}”" if isinstance(value, str) else type_name(value)
    raise NodeError(
        "not_a_whole_number", f"This must be a whole number, and it is {shown}.", hint="Write digits only."
    )


def header_line(scope: Scope, value: Json) -> str:
    """One line of printable ASCII.

    Raises:
        NodeError: `bad_header`.
    """
    text = text_of(scope, value)
    if not _HEADER.fullmatch(text):
        raise NodeError(
            "bad_header",
            "A header is one line of printable ASCII, and this holds other characters.",
            hint="Remove line breaks and special characters, or use the filter urlencode.",
        )
    return text


def mail_address(scope: Scope, value: Json) -> str:
    """One plain mail address, without the name of its owner.

    Raises:
        NodeError: `bad_address`.
    """
    text = text_of(scope, value).strip(" ")
    if not text:
        raise NodeError(
            "bad_address", "The mail address is empty.", hint="Write one such as ops@example.org."
        )
    local = text.partition("@")[0]
    if len(text) > 254 or len(local) > 64 or not _ADDRESS.fullmatch(text):
        raise NodeError(
            "bad_address",
            f"“{ascii(text[:80])[1:-1]}” is not a single mail address.",
            hint="Write one address such as ops@example.org; each recipient has an entry of its own.",
        )
    return text


FINISHERS: Mapping[Slot, Callable[[Scope, Json], Json]] = {
    Slot.TEXT: text_of,
    Slot.HTML: text_of,
    Slot.INTEGER: whole_number,
    Slot.HEADER: header_line,
    Slot.ADDRESS: mail_address,
}
