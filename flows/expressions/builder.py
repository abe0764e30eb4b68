"""Turns a parsed expression into a chain of Python functions.

This is the language: what has no entry in `_BUILDERS` does not exist. No code is generated, nothing is looked up by
attribute, nothing is called but the functions of this package.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from flows.expressions.errors import TemplateError
from flows.expressions.filters import DEFAULT_FILTERS, FILTERS, TESTS, Filter, contains, is_empty
from flows.expressions.parser import Parsed, Token
from flows.expressions.paths import path_getter, step
from flows.expressions.values import (
    MAX_NUMBER,
    MAX_OUTPUT_CHARACTERS,
    MissingField,
    Scope,
    checked_number,
    number_of,
    same,
    text_of,
    too_large,
    weight,
)
from flows.sdk.errors import NodeError
from flows.sdk.fields import Segment, nearest, path_text, type_name
from flows.sdk.json_types import Json

Evaluate = Callable[[Scope], Json]

MAX_DEPTH = 40
MAX_TREE = 400


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that a template names.

    Args:
        path: as people write it.
        segments: the names and indexes of the path.
        start, end: where it stands, as offsets into the template.
        has_default: whether the template copes with its absence.
        at: where in a JSON value the template stands, dotted; empty for a plain text.
    """

    path: str
    segments: tuple[Segment, ...]
    start: int
    end: int
    has_default: bool = False
    at: str = ""


@dataclass
class Builder:
    """Builds one expression and notes the fields that it names."""

    offset: int
    tokens: Sequence[Token]
    references: list[Reference] = field(default_factory=list)
    size: int = 0
    copes: bool = False

    def build(self, node: nodes.Node, depth: int = 0) -> Evaluate:
        """The function that gives the value of a tree.

        Raises:
            TemplateError: the tree holds what the language has not.
        """
        self.size += 1
        if depth > MAX_DEPTH or self.size > MAX_TREE:
            raise self.refuse(node, "too_deep", "The expression is too large.", "Make it simpler.")
        make = _BUILDERS.get(type(node))
        if make is None:
            what = _REFUSED.get(type(node), "This is")
            hint = "Use fields, filters, comparisons, and, or, not, if and else."
            raise self.refuse(node, "not_allowed", f"{what} not possible in a template.", hint)
        return make(self, node, depth + 1)

    def refuse(self, node: nodes.Node, code: str, message: str, hint: str = "") -> TemplateError:
        """The error at the place of a node."""
        start = self.offset + node.lineno
        return TemplateError(code, message, hint, start=start, end=self.offset + self._end(node.lineno))

    def _end(self, start: int) -> int:
        return next((token[1] for token in self.tokens if token[0] == start), start + 1)


def static_path(node: nodes.Node) -> tuple[Segment, ...] | None:
    """The segments of a tree that is nothing but a path, else None."""
    segments: list[Segment] = []
    while not isinstance(node, nodes.Name):
        if isinstance(node, nodes.Getattr):
            segments.append(node.attr)
        elif isinstance(node, nodes.Getitem) and (index := _constant_index(node.arg)) is not None:
            segments.append(index)
        else:
            return None
        node = node.node
    return (node.name, *reversed(segments))


def _constant_index(node: nodes.Node) -> Segment | None:
    if isinstance(node, nodes.Neg) and isinstance(node.node, nodes.Const) and type(node.node.value) is int:
        return -node.node.value
    if isinstance(node, nodes.Const) and type(node.value) in (int, str):
        value: Segment = node.value
        return value
    return None


def _check_segments(builder: Builder, node: nodes.Node, segments: Sequence[Segment]) -> None:
    for segment in segments:
        is_hidden = isinstance(segment, str) and segment.startswith("_")
        if is_hidden or (isinstance(segment, int) and abs(segment) >= MAX_NUMBER):
            message = f"“{segment}” is no name of a field."
            raise builder.refuse(node, "not_allowed", message, "Names do not begin with an underscore.")


def _path(builder: Builder, node: Any, depth: int) -> Evaluate:
    segments = static_path(node)
    if segments is None:
        return _dynamic_item(builder, node, depth)
    _check_segments(builder, node, segments)
    start, end = _span(builder, node)
    reference = Reference(path_text(segments), segments, start, end, has_default=builder.copes)
    builder.references.append(reference)
    get = path_getter(segments)
    return lambda scope: get(scope.record)


def _span(builder: Builder, node: Any) -> tuple[int, int]:
    """From the name to the last token of the path."""
    last = node.lineno
    first = node
    while not isinstance(first, nodes.Name):
        first = first.node
    tokens = builder.tokens
    index = next(i for i, token in enumerate(tokens) if token[0] == last)
    if isinstance(node, nodes.Getattr) or (isinstance(node, nodes.Getitem) and tokens[index][2] == "."):
        index += 1
    elif isinstance(node, nodes.Getitem):
        while tokens[index][2] != "]":
            index += 1
    return builder.offset + first.lineno, builder.offset + tokens[index][1]


def _dynamic_item(builder: Builder, node: Any, depth: int) -> Evaluate:
    if isinstance(node, nodes.Getattr):
        _check_segments(builder, node, (node.attr,))
        name: Segment = node.attr
        holder = builder.build(node.node, depth)
        return lambda scope: step(holder(scope), name, (name,), 0)
    if isinstance(node.arg, nodes.Slice):
        raise builder.refuse(
            node, "not_allowed", "Slices are not possible in a template.", "Use [0] or [-1]."
        )
    holder, index = builder.build(node.node, depth), builder.build(node.arg, depth)

    def item(scope: Scope) -> Json:
        key = index(scope)
        if isinstance(key, bool) or not isinstance(key, int | str):
            raise NodeError("wrong_type", f"An index must be text or a whole number, not {type_name(key)}.")
        return step(holder(scope), key, (key,), 0)

    return item


def _constant(builder: Builder, node: Any, depth: int) -> Evaluate:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool) and not abs(value) < MAX_NUMBER:
        raise builder.refuse(node, "not_allowed", "This number is too large.", "Write it as text, in quotes.")
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise builder.refuse(node, "not_allowed", "This text holds half a character.")
    return lambda scope: value


def _text_data(builder: Builder, node: Any, depth: int) -> Evaluate:
    text = str(node.data)
    return lambda scope: text


def _and(builder: Builder, node: Any, depth: int) -> Evaluate:
    left, right = builder.build(node.left, depth), builder.build(node.right, depth)
    return lambda scope: left(scope) and right(scope)


def _or(builder: Builder, node: Any, depth: int) -> Evaluate:
    left, right = builder.build(node.left, depth), builder.build(node.right, depth)
    return lambda scope: left(scope) or right(scope)


def _not(builder: Builder, node: Any, depth: int) -> Evaluate:
    inner = builder.build(node.node, depth)
    return lambda scope: not inner(scope)


def _if(builder: Builder, node: Any, depth: int) -> Evaluate:
    test, then = builder.build(node.test, depth), builder.build(node.expr1, depth)
    other: Evaluate = builder.build(node.expr2, depth) if node.expr2 is not None else lambda scope: ""
    return lambda scope: then(scope) if test(scope) else other(scope)


def _concat(builder: Builder, node: Any, depth: int) -> Evaluate:
    parts = [builder.build(part, depth) for part in node.nodes]

    def joined(scope: Scope) -> Json:
        texts: list[str] = []
        size = 0
        for part in parts:
            texts.append(text_of(part(scope)))
            size += len(texts[-1])
            scope.spend(len(texts[-1]))
            if size > MAX_OUTPUT_CHARACTERS:
                raise too_large()
        return "".join(texts)

    return joined


def _sign(change: Callable[[Any], Any]) -> Callable[[Builder, Any, int], Evaluate]:
    def make(builder: Builder, node: Any, depth: int) -> Evaluate:
        inner = builder.build(node.node, depth)
        return lambda scope: change(number_of(inner(scope), "A sign"))

    return make


def _arithmetic(what: str, calculate: Callable[[Any, Any], Any]) -> Callable[[Builder, Any, int], Evaluate]:
    def make(builder: Builder, node: Any, depth: int) -> Evaluate:
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


def _divide(one: float, two: float) -> float:
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


def _compare(builder: Builder, node: Any, depth: int) -> Evaluate:
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
        scope.spend(weight(left, 1_000_000))
        return same(left, right) is (name == "eq")
    if not (isinstance(left, str) and isinstance(right, str)):
        left, right = number_of(left, "A comparison"), number_of(right, "A comparison")
    return _ORDER[name](left, right)


def _filter(builder: Builder, node: Any, depth: int) -> Evaluate:
    if node.name in DEFAULT_FILTERS:
        return _default(builder, node, depth)
    known = FILTERS.get(node.name)
    if known is None or node.node is None:
        near = nearest(node.name, (*FILTERS, *DEFAULT_FILTERS))
        hint = f"Did you mean “{near}”?" if near else f"There are {', '.join(('default', *FILTERS))}."
        raise builder.refuse(node, "unknown_filter", f"There is no filter “{node.name}”.", hint)
    value = builder.build(node.node, depth)
    arguments = _arguments(builder, node, known, depth)
    apply = known.apply
    if not arguments:
        return lambda scope: apply(scope, value(scope))
    return lambda scope: apply(scope, value(scope), **{n: argument(scope) for n, argument in arguments})


def _arguments(builder: Builder, node: Any, known: Filter, depth: int) -> list[tuple[str, Evaluate]]:
    """The arguments by the names under which the filter's function takes them."""
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise builder.refuse(node, "not_allowed", "Stars are not possible in a template.")
    parameters = _parameters(known)
    given: dict[str, nodes.Node] = dict(zip(parameters, node.args, strict=False))
    for pair in node.kwargs:
        if pair.key not in known.names or parameters[known.names.index(pair.key)] in given:
            message = f"The filter “{node.name}” has no argument “{pair.key}”."
            raise builder.refuse(node, "bad_argument", message)
        given[parameters[known.names.index(pair.key)]] = pair.value
    if not known.least <= len(given) or len(node.args) + len(node.kwargs) > known.most:
        wanted = str(known.most) if known.least == known.most else f"{known.least} to {known.most}"
        message = f"The filter “{node.name}” takes {wanted} values in brackets."
        raise builder.refuse(node, "bad_argument", message)
    return [(name, builder.build(argument, depth)) for name, argument in given.items()]


def _parameters(known: Filter) -> tuple[str, ...]:
    code: Any = known.apply.__code__
    names: tuple[str, ...] = code.co_varnames[2 : 2 + known.most]
    return names


def _coping(builder: Builder, node: nodes.Node, depth: int) -> Evaluate:
    """Builds a tree whose fields may be missing."""
    before, builder.copes = builder.copes, True
    built = builder.build(node, depth)
    builder.copes = before
    return built


def _default(builder: Builder, node: Any, depth: int) -> Evaluate:
    known = Filter(
        _default_parameters,
        "What stands in when a field is missing or null",
        0,
        2,
        ("default_value", "boolean"),
    )
    if node.node is None:
        raise builder.refuse(node, "syntax", "“default” needs a field before it.")
    value = _coping(builder, node.node, depth)
    arguments = dict(_arguments(builder, node, known, depth))
    fallback: Evaluate = arguments.get("fallback", lambda scope: "")
    also_empty: Evaluate = arguments.get("also_empty", lambda scope: False)

    def result(scope: Scope) -> Json:
        try:
            found = value(scope)
        except MissingField:
            return fallback(scope)
        if found is None or (also_empty(scope) and (is_empty(found) or not found)):
            return fallback(scope)
        return found

    return result


def _default_parameters(scope: Scope, value: Json, fallback: Json, also_empty: Json) -> Json:
    """Names the arguments of `default`; never called."""
    raise NotImplementedError


def _test(builder: Builder, node: Any, depth: int) -> Evaluate:
    if node.args or node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
        raise builder.refuse(
            node, "bad_argument", f"The test “{node.name}” takes no values.", "Use == or in."
        )
    if node.name in ("defined", "undefined"):
        return _defined(_coping(builder, node.node, depth), node.name == "defined")
    test = TESTS.get(node.name)
    if test is None:
        near = nearest(node.name, (*TESTS, "defined", "undefined"))
        hint = f"Did you mean “{near}”?" if near else f"There are defined, undefined, {', '.join(TESTS)}."
        raise builder.refuse(node, "unknown_test", f"There is no test “{node.name}”.", hint)
    inner = builder.build(node.node, depth)
    return lambda scope: test(inner(scope))


def _defined(inner: Evaluate, wanted: bool) -> Evaluate:
    def result(scope: Scope) -> Json:
        try:
            inner(scope)
        except MissingField:
            return not wanted
        return wanted

    return result


def _list(builder: Builder, node: Any, depth: int) -> Evaluate:
    """A list of constants, as in `status in ['online', 'starting']`."""
    elements = [builder.build(element, depth) for element in node.items]
    return lambda scope: [element(scope) for element in elements]


_BUILDERS: dict[type, Callable[[Builder, Any, int], Evaluate]] = {
    nodes.Name: _path,
    nodes.Getattr: _path,
    nodes.Getitem: _path,
    nodes.Const: _constant,
    nodes.TemplateData: _text_data,
    nodes.List: _list,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: _not,
    nodes.CondExpr: _if,
    nodes.Compare: _compare,
    nodes.Concat: _concat,
    nodes.Neg: _sign(operator.neg),
    nodes.Pos: _sign(operator.pos),
    nodes.Add: _arithmetic("+", operator.add),
    nodes.Sub: _arithmetic("-", operator.sub),
    nodes.Mul: _arithmetic("*", operator.mul),
    nodes.Div: _arithmetic("/", _divide),
    nodes.FloorDiv: _arithmetic("//", operator.floordiv),
    nodes.Mod: _arithmetic("%", operator.mod),
    nodes.Filter: _filter,
    nodes.Test: _test,
}

_REFUSED: dict[type, str] = {
    nodes.Call: "Calling a function is",
    nodes.Pow: "Raising to a power (**) is",
    nodes.Dict: "Writing an object is",
    nodes.Tuple: "Writing a tuple is",
    nodes.Slice: "A slice is",
}


def build_expression(parsed: Parsed, offset: int) -> tuple[Evaluate, tuple[Reference, ...]]:
    """The function of a parsed expression, and the fields it names with places in the whole template.

    Raises:
        TemplateError: the expression holds what the language has not.
    """
    builder = Builder(offset, parsed.tokens)
    evaluate = builder.build(parsed.tree)
    return evaluate, tuple(builder.references)
