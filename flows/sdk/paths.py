"""The one language of field paths: names joined by dots; whole numbers index into lists, negative ones from the end.

Everything that reads a record or a shape by a path takes its steps here.
"""

import re
from collections.abc import Mapping
from typing import Final

from common.names import hidden_character, said
from flows.sdk.json_types import Json

Segment = str | int

MISSING: Final = object()
"""Stands for a field that is not there; only `exists`, `is_empty` and their negations take it."""

MAX_PATH_CHARACTERS = 500
MAX_PATH_PARTS = 32
"""A record that is written this deep again and again still stays far from what JSON readers take."""

PATH = re.compile(r"^[^\s.\[\]{}'\"]+(\.[^\s.\[\]{}'\"]+)*$")

_INDEX: Final = re.compile(r"-?[0-9]{1,18}")


def index_of(part: Segment) -> int | None:
    """The place in a list that a part of a path means; None for a name."""
    if isinstance(part, int):
        return part
    return int(part) if _INDEX.fullmatch(part) else None


def child(holder: Json, part: Segment) -> Json:
    """One step down, or `MISSING`. By item and never by attribute: `o.items` is the key of that name."""
    if isinstance(holder, Mapping):
        return holder.get(str(part), MISSING)
    if isinstance(holder, list):
        place = index_of(part)
        if place is not None and -len(holder) <= place < len(holder):
            return holder[place]
    return MISSING


def checked_path(text: str) -> str:
    """The path itself.

    Raises:
        ValueError: it is none, or it has too many parts.
    """
    if len(text) > MAX_PATH_CHARACTERS:
        raise ValueError(f"A field path has at most {MAX_PATH_CHARACTERS} characters.")
    if not PATH.match(text):
        raise ValueError("Write a field name, or names joined by dots, such as server.vlan.id.")
    if (hidden := hidden_character(text)) is not None:
        raise ValueError(f"A field path has no hidden characters, and this has one: {said(hidden)}.")
    parts = text.split(".")
    if len(parts) > MAX_PATH_PARTS:
        raise ValueError(f"A field path has at most {MAX_PATH_PARTS} parts, and this has {len(parts)}.")
    if any(part.startswith("__") for part in parts):
        raise ValueError("The parts of a field path do not begin with two underscores.")
    return text
