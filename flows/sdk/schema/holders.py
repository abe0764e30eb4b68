"""Checks of what objects and lists hold, and of alternatives."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from flows.sdk.json_types import Json
from flows.sdk.patterns import found
from flows.sdk.schema.bounds import SchemaError
from flows.sdk.schema.equality import canonical
from flows.sdk.schema.walk import VISIT_WORK, Check, Node, Path, Walk

LOOK_WORK = 20
"""Finding out whether a field is there, or of what type."""

LONGEST_NAME = 1000
"""Of a field that patterns are matched with."""

Applied = tuple[Node, Json, Path]


def fields(named: Mapping[str, Node], patterns: Mapping[str, Node], others: Node | None) -> Check:
    """`properties`, `patternProperties` and `additionalProperties` in one pass."""

    plain = {name: node.plain_types for name, node in named.items()}

    def check_named(value: Json, path: Path, walk: Walk) -> bool:
        if type(value) is not dict:
            return True
        few = value if len(value) < len(plain) else plain
        walk.budget.spend(LOOK_WORK * len(few))
        odd = [
            name for name in few if name in value and name in plain and type(value[name]) not in plain[name]
        ]
        return not odd or _visited([(named[name], value[name], (path, name)) for name in odd], walk)

    def check_all(value: Json, path: Path, walk: Walk) -> bool:
        if type(value) is not dict:
            return True
        return _visited(_applied(value, path, walk, named, patterns, others), walk)

    def check_patterns(value: Json, path: Path, walk: Walk) -> bool:
        longest = max(map(len, value), default=0) if type(value) is dict else 0
        if longest > LONGEST_NAME:
            return walk.refuse(path, f"A field's name is longer than {LONGEST_NAME:,} characters")
        return check_all(value, path, walk)

    if patterns:
        return check_patterns
    return check_all if others is not None else check_named


def _applied(
    value: Mapping[str, Json],
    path: Path,
    walk: Walk,
    named: Mapping[str, Node],
    patterns: Mapping[str, Node],
    others: Node | None,
) -> Iterator[Applied]:
    for name, inner in value.items():
        walk.budget.spend(VISIT_WORK)
        for node in _nodes_for(name, named, patterns) or [others]:
            if node is not None:
                yield node, inner, (path, name)


def _nodes_for(name: str, named: Mapping[str, Node], patterns: Mapping[str, Node]) -> list[Node | None]:
    nodes: list[Node | None] = [named[name]] if name in named else []
    return nodes + [node for pattern, node in patterns.items() if found(pattern, name)]


def _visited(applied: Iterable[Applied], walk: Walk) -> bool:
    fits = True
    for node, value, path in applied:
        if not node.visit(value, path, walk):
            fits = False
            if walk.is_over:
                return False
    return fits


def field_names(node: Node) -> Check:
    """`propertyNames`."""

    def check(value: Json, path: Path, walk: Walk) -> bool:
        if type(value) is not dict:
            return True
        return _visited(((node, name, (path, name)) for name in value), walk)

    return check


def required(names: Any, at: str) -> Check:
    """`required`."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SchemaError("“required” is not a list of names.", 'Write ["id", …].', at)
    wanted = list(dict.fromkeys(names))

    def check(value: Json, path: Path, walk: Walk) -> bool:
        if type(value) is not dict:
            return True
        walk.budget.spend(LOOK_WORK * len(wanted))
        missing = [name for name in wanted if name not in value]
        for name in missing:
            walk.refuse((path, name), "The field is missing")
        return not missing

    return check


def dependent_required(entries: Mapping[str, Any], at: str) -> Check:
    """`dependentRequired`."""
    checks = {name: required(names, at) for name, names in entries.items()}

    def check(value: Json, path: Path, walk: Walk) -> bool:
        if type(value) is not dict:
            return True
        walk.budget.spend(LOOK_WORK * len(checks))
        return all(test(value, path, walk) for name, test in checks.items() if name in value)

    return check


def dependent_schemas(nodes: Mapping[str, Node]) -> Check:
    """`dependentSchemas`."""

    def check(value: Json, path: Path, walk: Walk) -> bool:
        if type(value) is not dict:
            return True
        walk.budget.spend(LOOK_WORK * len(nodes))
        return _visited(((node, value, path) for name, node in nodes.items() if name in value), walk)

    return check


def elements(first: Sequence[Node], rest: Node | None) -> Check:
    """`prefixItems` and `items`."""

    def check(value: Json, path: Path, walk: Walk) -> bool:
        if type(value) is not list:
            return True
        walk.budget.spend(LOOK_WORK * len(value))
        few = zip(first, value, strict=False)
        fits = _visited(((node, inner, (path, place)) for place, (node, inner) in enumerate(few)), walk)
        if rest is None or (not fits and walk.is_over):
            return fits
        plain, beyond = rest.plain_types, enumerate(islice(value, len(first), None), start=len(first))
        odd = ((rest, inner, (path, place)) for place, inner in beyond if type(inner) not in plain)
        return _visited(odd, walk) and fits

    return check


def containing(node: Node, least: int, most: int | None) -> Check:
    """`contains`, `minContains` and `maxContains`."""

    def check(value: Json, path: Path, walk: Walk) -> bool:
        if type(value) is not list:
            return True
        amount = sum(node.fits(inner, (path, place), walk) for place, inner in enumerate(value))
        if amount < least or (most is not None and amount > most):
            return walk.refuse(
                path, f"{amount:,} of its elements are as asked for, which is not as many as allowed"
            )
        return True

    return check


def unique(value: Json, path: Path, walk: Walk) -> bool:
    """`uniqueItems`, in one pass."""
    if type(value) is not list:
        return True
    seen: set[bytes] = set()
    for place, inner in enumerate(value):
        mark = canonical(inner, walk.budget)
        if mark in seen:
            return walk.refuse((path, place), "It is in the list twice")
        seen.add(mark)
    return True


def all_of(nodes: Sequence[Node]) -> Check:
    """`allOf`, and what `$ref` refers to."""

    def check(value: Json, path: Path, walk: Walk) -> bool:
        return _visited([(node, value, path) for node in nodes], walk)

    return check


def any_of(nodes: Sequence[Node]) -> Check:
    """`anyOf`."""

    def check(value: Json, path: Path, walk: Walk) -> bool:
        # All of them, not the first that fits alone: another may know of a secret.
        if sum(node.fits(value, path, walk) for node in nodes):
            return True
        return walk.refuse(path, f"It fits none of the {len(nodes)} alternatives")

    return check


def exactly_one_of(nodes: Sequence[Node]) -> Check:
    """`oneOf`."""

    def check(value: Json, path: Path, walk: Walk) -> bool:
        amount = sum(node.fits(value, path, walk) for node in nodes)
        return amount == 1 or walk.refuse(path, f"It fits {amount} of the {len(nodes)} alternatives, not one")

    return check


def none_of(node: Node) -> Check:
    """`not`."""

    def check(value: Json, path: Path, walk: Walk) -> bool:
        return not node.fits(value, path, walk) or walk.refuse(path, "It is what the schema rules out")

    return check


def branch(condition: Node, then: Node | None, otherwise: Node | None) -> Check:
    """`if`, `then` and `else`."""

    def check(value: Json, path: Path, walk: Walk) -> bool:
        node = then if condition.fits(value, path, walk) else otherwise
        return node is None or node.visit(value, path, walk)

    return check


def never(value: Json, path: Path, walk: Walk) -> bool:
    """The schema `false`."""
    return walk.refuse(path, "Nothing may stand here")
