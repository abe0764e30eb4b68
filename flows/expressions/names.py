"""Names in single braces, which some fields take beside expressions; see `flows.sdk.config.text_with_names`."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from flows.expressions.budget import Scope
from flows.expressions.builder import build_expression
from flows.expressions.parser import parse_expression
from flows.expressions.values import MissingField
from flows.sdk.json_types import Json

_NAME: Final = re.compile(r"\{([A-Za-z_]{1,64})\}")
Get = Callable[[Scope], Json]


def parts_of(text: str, names: Mapping[str, str]) -> Iterator[str | Get]:
    """The text of a template between its expressions, cut at the names that are known."""
    at = 0
    for found in _NAME.finditer(text):
        expression = names.get(found[1])
        if expression is None:
            continue
        if found.start() > at:
            yield text[at : found.start()]
        yield _named(expression, found[0])
        at = found.end()
    if at < len(text):
        yield text[at:]


@lru_cache(maxsize=256)
def _named(expression: str, written: str) -> Get:
    """What gives the value of the expression, or what was written when the record lacks its fields."""
    evaluate, _ = build_expression(parse_expression(expression), 0)

    def value(scope: Scope) -> Json:
        try:
            return evaluate(scope)
        except MissingField:
            return written

    return value
