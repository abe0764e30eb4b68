"""Templates of URLs: a value fills the place it was put in and cannot get out of it."""

import re
from collections.abc import Callable
from enum import Enum
from urllib.parse import quote, unquote

from flows.expressions.budget import Scope
from flows.expressions.values import MAX_OUTPUT_CHARACTERS, text_of, too_large
from flows.sdk.errors import NodeError
from flows.sdk.json_types import Json

Get = Callable[[Scope], Json]

_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HOST_VALUE = re.compile(r"[A-Za-z0-9._-]+")
_LABEL_VALUE = re.compile(r"[A-Za-z0-9_-]+")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")

MAX_AUTHORITY = 2_048
"""No host lies behind so many characters; what stands there is encoded like any other part."""


class Place(Enum):
    """Where in the URL an expression stands."""

    BEGIN = "begin"
    SCHEME = "scheme"
    HOST = "host"
    LABEL = "label"
    REST = "rest"


def _refuse(message: str, hint: str) -> NodeError:
    return NodeError("bad_url_value", message, hint=hint)


def places(parts: list[str | Get]) -> list[Place | None]:
    """The place of each expression; None for literal text."""
    out: list[Place | None] = []
    before = ""
    for index, part in enumerate(parts):
        if isinstance(part, str):
            out.append(None)
            before += part
            continue
        following = parts[index + 1] if index + 1 < len(parts) else ""
        out.append(_place(before, following if isinstance(following, str) else "x"))
        before += "\x00"
    return out


def _place(before: str, following: str) -> Place:
    if not before:
        return Place.BEGIN
    if len(before) > MAX_AUTHORITY:
        return Place.REST
    if before.startswith("\x00"):
        return Place.REST
    scheme = _AUTHORITY.match(before)
    if scheme is None:
        return Place.REST if before.startswith("/") else Place.SCHEME
    authority = before[scheme.end() :]
    if re.search(r"[/?#\\]", authority):
        return Place.REST
    ends_host = not following or following[0] in "/?#:"
    is_whole = not authority or authority[-1] in ".@"
    return Place.HOST if is_whole or not ends_host else Place.LABEL


def _encode(scope: Scope, place: Place, value: Json) -> str:
    text = text_of(scope, value)
    scope.spend(12 * len(text))
    if place is Place.BEGIN:
        if _CONTROL.search(text):
            raise _refuse("The URL holds spaces or control characters.", "Use the filter trim or urlencode.")
        return text
    if place is Place.REST:
        return quote(text, safe="", errors="replace")
    wanted = _HOST_VALUE if place is Place.HOST else _LABEL_VALUE
    if place is Place.SCHEME or not wanted.fullmatch(text):
        shown = ascii(text[:60])[1:-1]
        raise _refuse(
            f"“{shown}” cannot stand in the host of a URL.",
            "Begin the path with / before the field, or check the field's value.",
        )
    return text


def url_renderer(parts: list[str | Get]) -> Get:
    """Renders a URL from literal text and expressions.

    Each expression is percent-encoded, except one that begins the URL; in the host only letters, digits, dots and
    hyphens pass. A value that would be `.` or `..` between slashes is refused, as it would walk up the path.
    """
    steps = list(zip(parts, places(parts), strict=True))

    def render(scope: Scope) -> Json:
        texts: list[str] = []
        size = 0
        for part, place in steps:
            piece = part if isinstance(part, str) else _encode(scope, place or Place.REST, part(scope))
            size += len(piece)
            if size > MAX_OUTPUT_CHARACTERS:
                raise too_large()
            texts.append(piece)
        url = "".join(texts)
        if len(texts) > 1:
            scope.spend(4 * len(url))
            _check_path(url, is_free=steps[0][1] is Place.BEGIN)
        return url

    return render


def _check_path(url: str, *, is_free: bool) -> None:
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    for segment in path.split("/"):
        if "." in segment or "%2" in segment:
            plain = unquote(unquote(segment))
            if plain in (".", "..") and not is_free:
                raise _refuse(
                    "A part of the URL is “.” or “..”, which walks up the path.", "Check the field's value."
                )
