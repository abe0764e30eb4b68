"""The bounds of a document, checked before anything else reads it: imported documents are hostile input."""

import re
from collections.abc import Iterator
from math import isfinite

from flows.graph.located import Collector
from flows.sdk.json_types import Json

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64
MAX_VALUES = 200_000
MAX_NODES = 2_000
MAX_EDGES = 10_000
MAX_TEXT = 16_384
MAX_NAME = 200
MAX_SUBJECT_TEMPLATE = 500
MAX_ID = 64

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
TYPE = re.compile(r"[a-z][a-z0-9]*([-._][a-z0-9]+)*")
PORT = re.compile(r"[a-z][a-z0-9_]*")


def check_bounds(raw: Json, collector: Collector) -> None:
    """Note what goes beyond depth, count, length of texts, or 64 bits; texts that no database can hold, too.

    Walks without recursion, so that depth cannot harm it.
    """
    for count, (path, depth, value) in enumerate(_walk(raw), start=1):
        if depth > MAX_DEPTH:
            collector.add(
                path, "too_deep", f"This lies more than {MAX_DEPTH} levels deep.", "Make it flatter."
            )
            return
        if count > MAX_VALUES:
            collector.add("", "too_many", f"There are more than {MAX_VALUES:,} values.", "Split the flow.")
            return
        _check_value(path, value, collector)
        if collector.is_full:
            return


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


def _check_value(path: str, value: Json, collector: Collector) -> None:
    if isinstance(value, str):
        _check_text(path, value, collector)
    elif isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                collector.add(path, "wrong_type", "A key is no text.", "Keys are text.")
            else:
                _check_text(f"{path}.{key[:100]}" if path else key[:100], key, collector)
    elif isinstance(value, bool) or value is None or isinstance(value, list):
        return
    elif isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            collector.add(path, "out_of_range", "This number needs more than 64 bits.", "Write it as text.")
    elif isinstance(value, float):
        if not isfinite(value):
            collector.add(path, "out_of_range", "This is no finite number.", "Write a plain number.")
    else:
        collector.add(
            path, "wrong_type", "This is no plain JSON value.", "Use text, numbers, lists, objects."
        )


def _check_text(path: str, text: str, collector: Collector) -> None:
    if len(text) > MAX_TEXT:
        hint = f"{MAX_TEXT:,} is the most."
        collector.add(path, "too_long", f"This text has {len(text):,} characters.", hint)
    elif "\x00" in text:
        collector.add(path, "bad_character", "This text holds a NUL character.", "Remove it.")
    elif not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        collector.add(path, "bad_character", "This text holds half a character.", "Write it as UTF-8.")
