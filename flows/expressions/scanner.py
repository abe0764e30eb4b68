"""Cuts a template into the text that stays and the expressions between braces."""

import re
from dataclasses import dataclass

from flows.expressions.errors import TemplateError

MAX_TEMPLATE_CHARACTERS = 16_384
MAX_EXPRESSIONS = 500

_OPENING = re.compile(r"\{[{%#]")
# Possessive, so that a text full of braces and quotes is read once and not over and over.
_EXPRESSION = re.compile(
    r"""\{\{((?:[^'"}]|"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\}(?!\}))*+)\}\}""", re.DOTALL
)


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
        match = _EXPRESSION.match(source, start)
        _check(source, start, match)
        if match is None:
            continue
        if start > at:
            parts.append(source[at:start])
        parts.append(Expression(match[1], match.start(1)))
        at = match.end()
    if at < len(source):
        parts.append(source[at:])
    if len(parts) > 2 * MAX_EXPRESSIONS:
        raise TemplateError(
            "too_long", "The template has too many expressions.", f"{MAX_EXPRESSIONS} is the most."
        )
    return parts


def _check(source: str, start: int, match: re.Match[str] | None) -> None:
    pair = source[start : start + 2]
    if pair != "{{":
        what = "Statements" if pair == "{%" else "Comments"
        hint = f"Use {{{{ … }}}} with if and else inside it. To print the braces, write {{{{ '{pair}' }}}}."
        raise TemplateError(
            "statement", f"{what} ({pair}) are not possible here.", hint, start=start, end=start + 2
        )
    if match is None:
        hint = "Close it with }} after the field. To print the braces, write {{ '{{' }}."
        raise TemplateError("unclosed", "This {{ is never closed.", hint, start=start, end=start + 2)
    if (match[1].startswith(("-", "+")) and not match[1][1:2].strip().isdigit()) or match[1].endswith("-"):
        hint = "Remove the - next to the braces."
        raise TemplateError(
            "whitespace_control", "Braces with - are not possible here.", hint, start=start, end=start + 3
        )
