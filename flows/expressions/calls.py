"""How filters and tests are applied, `default` and `is defined` among them, which cope with missing fields."""

from typing import Any

from jinja2 import nodes

from flows.expressions.budget import Scope
from flows.expressions.filters import DEFAULT_FILTERS, FILTERS, TESTS, Filter, is_empty
from flows.expressions.tree import Builder, Evaluate
from flows.expressions.values import MissingField
from flows.sdk.fields import nearest
from flows.sdk.json_types import Json


def filtered(builder: Builder, node: Any, depth: int) -> Evaluate:
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


def tested(builder: Builder, node: Any, depth: int) -> Evaluate:
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
