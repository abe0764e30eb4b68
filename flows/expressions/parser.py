"""Jinja2 reads an expression into a tree. Nothing of it is compiled, folded or run here or anywhere else.

The tree's line numbers are character offsets instead, so that every finding has an exact place.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flows.expressions.errors import TemplateError

Token = tuple[int, int, str]
"""Start, end and type of a token, white space left out."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree, and the tokens it was read from. Offsets are within the expression."""

    tree: nodes.Expr
    tokens: tuple[Token, ...]


_environment = ImmutableSandboxedEnvironment(keep_trailing_newline=True)


def _offsets(source: str, seen: list[Token]) -> Iterator[tuple[int, str, str]]:
    """Jinja's tokens with offsets in the place of line numbers; `seen` keeps them."""
    at = 0
    try:
        for _, kind, text in _environment.lexer.tokeniter(source, None, None, "variable"):
            if kind != "whitespace":
                seen.append((at, at + len(text), text if kind == "operator" else kind))
            yield at, kind, text
            at += len(text)
    except TemplateSyntaxError as error:
        raise TemplateSyntaxError(error.message or "", at) from None


def parse_expression(source: str) -> Parsed:
    """The tree of one expression.

    Raises:
        TemplateError: `syntax`, with offsets within the expression.
    """
    seen: list[Token] = []
    # Same length, so that offsets stay what they are.
    source = source.replace("\r\n", " \n").replace("\r", "\n")
    if not source.strip():
        raise TemplateError(
            "syntax", "There is nothing between the braces.", "Write a field name, as {{ name }}."
        )
    try:
        parser = Parser(_environment, "", state="variable")
        parser.stream = TokenStream(_environment.lexer.wrap(_offsets(source, seen)), None, None)
        tree = parser.parse_expression()
        if not parser.stream.eos:
            token = parser.stream.current
            raise TemplateSyntaxError(f"unexpected {token.value!r}", token.lineno)
    except TemplateSyntaxError as error:
        raise _syntax_error(source, error, seen) from None
    except RecursionError:
        raise TemplateError("too_deep", "The expression is nested too deeply.", "Make it simpler.") from None
    except Exception:  # noqa: BLE001  # whatever a stranger's text provokes in the parser is an error in that text
        raise TemplateError("syntax", "The expression cannot be read.", "Make it simpler.") from None
    return Parsed(tree, tuple(seen))


def _syntax_error(source: str, error: TemplateSyntaxError, tokens: list[Token]) -> TemplateError:
    start = min(error.lineno, len(source))
    end = next((token[1] for token in tokens if token[0] == start), start + 1)
    said = (error.message or "it makes no sense").split(" at ")[0].rstrip(".")
    said = said.replace("expected token 'end of print statement', got", "unexpected")
    hint = "Write a field as {{ server.name }}, a text in quotes, a filter as {{ name | upper }}."
    return TemplateError("syntax", f"The expression cannot be read: {said}.", hint, start=start, end=end)
