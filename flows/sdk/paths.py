"""The one language of field paths: names joined by dots, whole numbers index into lists."""

import re

from common.names import hidden_character, said

MAX_PATH_CHARACTERS = 500
MAX_PATH_PARTS = 32
"""A record that is written this deep again and again still stays far from what JSON readers take."""

PATH = re.compile(r"^[^\s.\[\]{}'\"]+(\.[^\s.\[\]{}'\"]+)*$")


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
