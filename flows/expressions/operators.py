"""What operators do: and, or, not, if, ~, arithmetic and comparisons."""

import operator
from collections.abc import Callable
from typing import Any

from jinja2 import nodes

from flows.expressions.budget import Scope
from flows.expressions.filters import contains
from flows.expressions.tree import Builder, Evaluate
from flows.expressions.values import (
    MAX_NUMBER,
    MAX_OUTPUT_CHARACTERS,
    checked_number,
    number_of,
    same,
    text_of,
    too_large,
)
from flows.sdk.errors import NodeError
from flows.sdk.json_types import Json


def constant(builder: Builder, node: Any, depth: int) -> Evaluate:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool) and not abs(value) < MAX_NUMBER:
        raise builder.refuse(node, "not_allowed", "This number is too large.", "Write it as text, in quotes.")
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise builder.refuse(node, "not_allowed", "This text holds half a character.")
    return lambda scope: value


def text_data(builder: Builder, node: Any, depth: int) -> Evaluate:
    text = str(node.data)
    return lambda scope: text


def both(builder: Builder, node: Any, depth: int) -> Evaluate:
    left, right = builder.build(node.left, depth), builder.build(node.right, depth)
    return lambda scope: left(scope) and right(scope)


def either(builder: Builder, node: Any, depth: int) -> Evaluate:
    left, right = builder.build(node.left, depth), builder.build(node.right, depth)
    return lambda scope: left(scope) or right(scope)


def negation(builder: Builder, node: Any, depth: int) -> Evaluate:
    inner = builder.build(node.node, depth)
    return lambda scope: not inner(scope)


def choice(builder: Builder, node: Any, depth: int) -> Evaluate:
    test, then = builder.build(node.test, depth), builder.build(node.expr1, depth)
    other: Evaluate = builder.build(node.expr2, depth) if node.expr2 is not None else lambda scope: ""
    return lambda scope: then(scope) if test(scope) else other(scope)


def concat(builder: Builder, node: Any, depth: int) -> Evaluate:
    parts = [builder.build(part, depth) for part in node.nodes]

    def joined(scope: Scope) -> Json:
        texts: list[str] = []
        size = 0
        for part in parts:
            texts.append(text_of(scope, part(scope)))
            size += len(texts[-1])
            if size > MAX_OUTPUT_CHARACTERS:
                raise too_large()
        return "".join(texts)

    return joined


def sign(change: Callable[[Any], Any]) -> Callable[[Builder, Any, int], Evaluate]:
    def make(builder: Builder, node: Any, depth: int) -> Evaluate:
        inner = builder.build(node.node, depth)
        return lambda scope: change(number_of(inner(scope), "A sign"))

    return make


def arithmetic(what: str, calculate: Callable[[Any, Any], Any]) -> Callable[[Builder, Any, int], Evaluate]:
    def make(builder: Builder, node: Any, depth: int) -> Evaluate:
        for side in (node.left, node.right):
            if isinstance(side, nodes.Const) and not _is_number(side.value):
                hint = "Join texts with ~."
                raise builder.refuse(side, "not_allowed", f"“{what}” needs numbers on both sides.", hint)
        left, right = builder.build(node.left, depth), builder.build(node.right, depth)

        def result(scope: Scope) -> Json:
            one, two = number_of(left(scope), what), number_of(right(scope), what)
            try:
                return checked_number(calculate(one, two))
            except ZeroDivisionError:
                raise NodeError("division_by_zero", "The template divides by zero.") from None
            except OverflowError:
                raise NodeError("number_too_large", "The result is too large.") from None

        return result

    return make


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def divide(one: float, two: float) -> float:
    """Whole numbers that divide evenly stay whole."""
    if isinstance(one, int) and isinstance(two, int) and one % two == 0:
        return one // two
    return one / two


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}


def comparison(builder: Builder, node: Any, depth: int) -> Evaluate:
    first = builder.build(node.expr, depth)
    rest = [(operand.op, builder.build(operand.expr, depth)) for operand in node.ops]

    def result(scope: Scope) -> Json:
        left = first(scope)
        for name, evaluate in rest:
            right = evaluate(scope)
            if not _holds(scope, name, left, right):
                return False
            left = right
        return True

    return result


def _holds(scope: Scope, name: str, left: Json, right: Json) -> bool:
    if name in ("in", "notin"):
        return contains(scope, right, left) is (name == "in")
    if name in ("eq", "ne"):
        return same(scope, left, right) is (name == "eq")
    if isinstance(left, str) and isinstance(right, str):
        scope.spend(min(len(left), len(right)))
    else:
        left, right = number_of(left, "A comparison"), number_of(right, "A comparison")
    return _ORDER[name](left, right)


def list_of(builder: Builder, node: Any, depth: int) -> Evaluate:
    """A list, as in `status in ['online', 'starting']`."""
    elements = [builder.build(element, depth) for element in node.items]
    return lambda scope: [element(scope) for element in elements]
