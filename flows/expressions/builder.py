"""The language of templates: what has no entry in `MAKERS` does not exist.

A parsed expression becomes a chain of Python functions. No code is generated, nothing is looked up by attribute,
nothing is called but the functions of this package.
"""

import operator
from collections.abc import Mapping

from jinja2 import nodes

from flows.expressions import calls, operators
from flows.expressions.budget import STEP, Scope
from flows.expressions.parser import Parsed
from flows.expressions.tree import Builder, Evaluate, Maker, Reference, path
from flows.sdk.json_types import Json

MAKERS: Mapping[type, Maker] = {
    nodes.Name: path,
    nodes.Getattr: path,
    nodes.Getitem: path,
    nodes.Const: operators.constant,
    nodes.TemplateData: operators.text_data,
    nodes.List: operators.list_of,
    nodes.And: operators.both,
    nodes.Or: operators.either,
    nodes.Not: operators.negation,
    nodes.CondExpr: operators.choice,
    nodes.Compare: operators.comparison,
    nodes.Concat: operators.concat,
    nodes.Neg: operators.sign(operator.neg),
    nodes.Pos: operators.sign(operator.pos),
    nodes.Add: operators.arithmetic("+", operator.add),
    nodes.Sub: operators.arithmetic("-", operator.sub),
    nodes.Mul: operators.arithmetic("*", operator.mul),
    nodes.Div: operators.arithmetic("/", operators.divide),
    nodes.FloorDiv: operators.arithmetic("//", operator.floordiv),
    nodes.Mod: operators.arithmetic("%", operator.mod),
    nodes.Filter: calls.filtered,
    nodes.Test: calls.tested,
}


def build_expression(parsed: Parsed, offset: int) -> tuple[Evaluate, tuple[Reference, ...]]:
    """The function of a parsed expression, and the fields it names with places in the whole template.

    Raises:
        TemplateError: the expression holds what the language has not.
    """
    builder = Builder(offset, parsed.tokens, MAKERS)
    evaluate = builder.build(parsed.tree)
    # Nothing repeats, so that an evaluation takes each piece of the tree once at most: they are paid for together.
    cost = STEP * builder.size + builder.cost

    def paid(scope: Scope) -> Json:
        scope.spend(cost)
        return evaluate(scope)

    return paid, tuple(builder.references)


__all__ = ["MAKERS", "Reference", "build_expression"]
