"""The bounds of a document, checked before anything else reads it: imported documents are hostile input."""

from collections.abc import Iterator
from math import isfinite

from flows.sdk.config_errors import LocatedError
from flows.sdk.json_types import Json

MAX_DEPTH = 64
MAX_VALUES = 200_000
MAX_NODES = 2_000
MAX_EDGES = 10_000
MAX_TEXT = 16_384

Wrong = tuple[str, str, str]
"""Code, message, hint."""


def out_of_bounds(raw: Json) -> Iterator[LocatedError]:
    """What goes beyond depth, count, length of texts, or 64 bits; texts that no database can hold, too.

    Walks without recursion, so that depth cannot harm it.
    """
    for count, (path, depth, value) in enumerate(_walk(raw), start=1):
        if depth > MAX_DEPTH:
            message = f"This lies more than {MAX_DEPTH} levels deep."
            yield LocatedError(path, "too_deep", message, "Make it flatter.")
            return
        if count > MAX_VALUES:
            message = f"There are more than {MAX_VALUES:,} values."
            yield LocatedError("", "too_many", message, "Split the flow.")
            return
        wrong = _wrong_value(value)
        if wrong:
            yield LocatedError(path, *wrong)
        for key in value if isinstance(value, dict) else ():
            wrong = (
                _wrong_text(key)
                if isinstance(key, str)
                else ("wrong_type", "A key is not text.", "Keys are text.")
            )
            if wrong:
                yield LocatedError(f"{path}.{str(key)[:100]}".lstrip("."), *wrong)


def _walk(raw: Json) -> Iterator[tuple[str, int, Json]]:
    pending: list[tuple[str, int, Json]] = [("", 1, raw)]
    while pending:
        path, depth, value = pending.pop()
        yield path, depth, value
        if isinstance(value, dict):
            inner = [(str(key)[:100], entry) for key, entry in value.items()]
        elif isinstance(value, list):
            inner = [(str(index), entry) for index, entry in enumerate(value)]
        else:
            continue
        for name, entry in reversed(inner):
            pending.append((f"{path}.{name}" if path else name, depth + 1, entry))


def _wrong_value(value: Json) -> Wrong | None:
    if isinstance(value, str):
        return _wrong_text(value)
    if value is None or isinstance(value, bool | list | dict):
        return None
    if isinstance(value, int):
        is_small = -(2**63) <= value < 2**63
        return (
            None
            if is_small
            else ("out_of_range", "This number needs more than 64 bits.", "Write it as text.")
        )
    if isinstance(value, float):
        return (
            None
            if isfinite(value)
            else ("out_of_range", "This is not a finite number.", "Write a plain number.")
        )
    return "wrong_type", "This is not plain JSON value.", "Use text, numbers, lists, objects."


def _wrong_text(text: str) -> Wrong | None:
    if len(text) > MAX_TEXT:
        return "too_long", f"This text has {len(text):,} characters.", f"{MAX_TEXT:,} is the most."
    if "\x00" in text:
        return "bad_character", "This text holds a NUL character.", "Remove it."
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        return "bad_character", "This text holds half a character.", "Write it as UTF-8."
    return None
