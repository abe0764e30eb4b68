"""From a schema to nodes that check payloads. What is referred to several times is one node."""

from dataclasses import dataclass
from typing import Any

from flows.sdk.json_types import Json, JsonObject
from flows.sdk.schema import holders
from flows.sdk.schema.bounds import (
    MAX_PATTERNS,
    MAX_SUBSCHEMAS,
    SchemaError,
    measure,
    object_of,
    subschemas,
    target_of,
)
from flows.sdk.schema.values import VALUE_CHECKS, count, pattern_of, plain_types
from flows.sdk.schema.walk import Check, Misfit, Node, Walk
from flows.sdk.work import Budget, paid_from


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A schema that payloads are checked against.

    Args:
        root: its nodes.
        size: how many subschemas it has.
        has_secrets: whether anything in it is declared secret.
    """

    root: Node
    size: int
    has_secrets: bool = False

    def walk(self, payload: Json, budget: Budget) -> Walk:
        """What does not fit, the first ten of it at most, and where secrets are.

        Raises:
            TooExpensive: the budget does not pay for the walk.
        """
        walk = Walk(budget, is_thorough=self.has_secrets)
        with paid_from(budget):
            self.root.visit(payload, None, walk)
        walk.hide_secrets()
        return walk

    def misfits(self, payload: Json, budget: Budget) -> list[Misfit]:
        """What does not fit; nothing when all fits."""
        return self.walk(payload, budget).misfits


def compile_schema(schema: JsonObject, most: int = MAX_SUBSCHEMAS) -> CompiledSchema:
    """Read a schema.

    Raises:
        SchemaError: it is too large, refers to itself or elsewhere, or has something that is not supported.
    """
    size = measure(schema, most)
    compiler = _Compiler(schema)
    return CompiledSchema(compiler.node(schema, ""), size, compiler.has_secrets)


class _Compiler:
    def __init__(self, root: JsonObject) -> None:
        self.root = root
        self._nodes: dict[int, Node] = {}
        self._patterns: set[str] = set()
        self.has_secrets = False

    def node(self, schema: Json, at: str) -> Node:
        if schema is True:
            return Node()
        if not isinstance(schema, dict):
            return Node([holders.never])
        known = self._nodes.get(id(schema))
        if known is None:
            checks = self._checks(schema, at)
            is_secret = schema.get("x-masked") is True
            self.has_secrets |= is_secret
            is_plain = "type" in schema and len(checks) == 1 and not is_secret
            plain = plain_types(schema["type"]) if is_plain else frozenset()
            known = self._nodes[id(schema)] = Node(checks, plain, is_secret)
        return known

    def _checks(self, schema: JsonObject, at: str) -> list[Check]:
        checks = [make(schema[key], f"{at}/{key}") for key, make in VALUE_CHECKS.items() if key in schema]
        texts = [schema["pattern"]] if "pattern" in schema else []
        if "patternProperties" in schema:
            texts += object_of(schema, "patternProperties", at)
        for text in texts:
            self._count_pattern(text, at)
        inner: dict[str, list[tuple[str, Node]]] = {}
        for keyword, place, found in subschemas(schema, at):
            inner.setdefault(keyword, []).append((place, self.node(found, place)))
        if "$ref" in schema:
            target = self.node(target_of(self.root, schema["$ref"], at), f"{at}/$ref")
            checks.append(holders.all_of([target]))
        return (
            checks
            + _object_checks(schema, inner, at)
            + _list_checks(schema, inner, at)
            + _alternatives(inner)
        )

    def _count_pattern(self, text: Any, at: str) -> None:
        self._patterns.add(pattern_of(text, at))
        if len(self._patterns) > MAX_PATTERNS:
            raise SchemaError(
                f"The schema has more than {MAX_PATTERNS} patterns.", "Use fewer, or enum and const.", at
            )


Inner = dict[str, list[tuple[str, Node]]]


def _one(inner: Inner, keyword: str) -> Node | None:
    found = inner.get(keyword)
    return found[0][1] if found else None


def _all(inner: Inner, keyword: str) -> list[Node]:
    return [node for _, node in inner.get(keyword, ())]


def _named(schema: JsonObject, inner: Inner, keyword: str) -> dict[str, Node]:
    return dict(zip(schema.get(keyword, ()), _all(inner, keyword), strict=True))


def _object_checks(schema: JsonObject, inner: Inner, at: str) -> list[Check]:
    checks: list[Check] = []
    if {"properties", "patternProperties", "additionalProperties"} & set(schema):
        named, patterns = _named(schema, inner, "properties"), _named(schema, inner, "patternProperties")
        checks.append(holders.fields(named, patterns, _one(inner, "additionalProperties")))
    if "required" in schema:
        checks.append(holders.required(schema["required"], f"{at}/required"))
    if "dependentRequired" in schema:
        place = f"{at}/dependentRequired"
        checks.append(holders.dependent_required(object_of(schema, "dependentRequired", at), place))
    if "dependentSchemas" in schema:
        checks.append(holders.dependent_schemas(_named(schema, inner, "dependentSchemas")))
    names = _one(inner, "propertyNames")
    return [*checks, holders.field_names(names)] if names is not None else checks


def _list_checks(schema: JsonObject, inner: Inner, at: str) -> list[Check]:
    checks: list[Check] = []
    if "items" in schema or "prefixItems" in schema:
        checks.append(holders.elements(_all(inner, "prefixItems"), _one(inner, "items")))
    contained = _one(inner, "contains")
    if contained is not None:
        least = count(schema.get("minContains", 1), f"{at}/minContains")
        most = schema.get("maxContains")
        checks.append(
            holders.containing(contained, least, None if most is None else count(most, f"{at}/maxContains"))
        )
    if not isinstance(schema.get("uniqueItems", False), bool):
        raise SchemaError("“uniqueItems” is true or false.", "Write true.", f"{at}/uniqueItems")
    return [*checks, holders.unique] if schema.get("uniqueItems") else checks


def _alternatives(inner: Inner) -> list[Check]:
    checks: list[Check] = []
    if "allOf" in inner:
        checks.append(holders.all_of(_all(inner, "allOf")))
    if "anyOf" in inner:
        checks.append(holders.any_of(_all(inner, "anyOf")))
    if "oneOf" in inner:
        checks.append(holders.exactly_one_of(_all(inner, "oneOf")))
    ruled_out, condition = _one(inner, "not"), _one(inner, "if")
    if ruled_out is not None:
        checks.append(holders.none_of(ruled_out))
    if condition is not None:
        checks.append(holders.branch(condition, _one(inner, "then"), _one(inner, "else")))
    return checks
