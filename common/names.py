"""What a name may hold: whatever looks the same is the same, and nothing in it turns or hides the text around it."""

import unicodedata
from typing import Final

from common.problems import bad_value

HIDDEN_CHARACTER: Final = "hidden_character"
HINT: Final = "Type it anew: copied texts often bring such characters along."
_HIDDEN: Final = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\ufeff\uffa0")
_LINES: Final = frozenset("\t\n\r")


def hidden_character(text: str, *, lines: bool = False) -> str | None:
    """The first character that people cannot see or that turns the reading direction, or None.

    Args:
        text: what is looked at.
        lines: whether it may have several lines.
    """
    if text.isascii() and text.isprintable():
        return None
    for character in text:
        category = unicodedata.category(character)
        is_hidden = category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or character in _HIDDEN
        if is_hidden and not (lines and character in _LINES):
            return character
    return None


def said(character: str) -> str:
    """A hidden character, in a way that can be read."""
    return unicodedata.name(character, f"U+{ord(character):04X}").lower()


def settled(text: str) -> str:
    """The text composed, so that two names that look the same are the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def as_name(text: str, longest: int) -> str:
    """A text that a record or another system brought, as a name: one line without what `check_name` refuses."""
    line = text.replace("\n", " ")[:longest]
    return settled("".join(one for one in line if hidden_character(one) is None))[:longest]


def check_name(text: str, *, called: str, field: str, lines: bool = False) -> str:
    """The name as it is stored.

    Args:
        text: what somebody wrote.
        called: what it is to people, such as `name`.
        field: the input at fault.
        lines: whether it may have several lines.

    Raises:
        Problem: 400 `hidden_character`.
    """
    found = hidden_character(text, lines=lines)
    if found is not None:
        raise bad_value(
            HIDDEN_CHARACTER,
            f"The {called} holds a hidden character ({said(found)}).",
            hint=HINT,
            field=field,
        )
    return settled(text)
