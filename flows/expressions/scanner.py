"""Cuts a template into the text that stays and the expressions between braces."""

import re
from dataclasses import dataclass

from flows.expressions.errors import TemplateError

MAX_TEMPLATE_CHARACTERS = 16_384
MAX_EXPRESSIONS = 500

_OPENING = re.compile(r"\{[{%#]")
# Piece by piece, so that a text full of braces and quotes is read once and not over and over. A possessive group would
# do the same, but Python before 3.11.5 matches those wrongly.
_PIECE = re.compile(r"""[^'"}]+|"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|\}(?!\})""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Expression:
    """The text between two pairs of braces, and where it begins in the template."""

    source: str
    start: int


Part = str | Expression


def scan(source: str) -> list[Part]:
    """The parts of a template, in order; texts are never empty.

    Raises:
        TemplateError: `unclosed`, `statement`, `too_long`.
    """
    if len(source) > MAX_TEMPLATE_CHARACTERS:
        message = f"The template has {len(source):,} characters."
        raise TemplateError("too_long", message, f"{MAX_TEMPLATE_CHARACTERS:,} is the most.")
    parts: list[Part] = []
    at = 0
    while (opening := _OPENING.search(source, at)) is not None:
        start = opening.start()
        expression = _expression(source, start)
        if start > at:
            parts.append(source[at:start])
        parts.append(expression)
        at = expression.start + len(expression.source) + 2
    if at < len(source):
        parts.append(source[at:])
    if len(parts) > 2 * MAX_EXPRESSIONS:
        raise TemplateError(
            "too_long", "The template has too many expressions.", f"{MAX_EXPRESSIONS} is the most."
        )
    return parts


def _expression(source: str, start: int) -> Expression:
    """What the braces at `start` hold."""
    pair = source[start : start + 2]
    if pair != "{{":
        what = "Statements" if pair == "{%" else "Comments"
        hint = f"Use {{{{ … }}}} with if and else inside it. To print the braces, write {{{{ '{pair}' }}}}."
        raise TemplateError(
            "statement", f"{what} ({pair}) are not possible here.", hint, start=start, end=start + 2
        )
    end = start + 2
    while (piece := _PIECE.match(source, end)) is not None:
        end = piece.end()
    if not source.startswith("}}", end):
        hint = "Close it with }} after the field. To print the braces, write {{ '{{' }}."
        raise TemplateError("unclosed", "This {{ is never closed.", hint, start=start, end=start + 2)
    inner = source[start + 2 : end]
    if (inner.startswith(("-", "+")) and not inner[1:2].strip().isdigit()) or inner.endswith("-"):
        hint = "Remove the - next to the braces."
        raise TemplateError(
            "whitespace_control", "Braces with - are not possible here.", hint, start=start, end=start + 3
        )
    return Expression(inner, start + 2)
