"""The checks agree with a full implementation, cost what they are charged, and report in bounds."""

import contextlib
import time
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.sdk.schema import compile_schema
from flows.sdk.schema.walk import LONGEST_PATH, LONGEST_SENTENCE, MOST_MISFITS
from flows.sdk.work import Budget, TooExpensive

names = st.sampled_from(["a", "b", "ab"])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([1.0, 0.5, -2.0, "a", "b", "ab", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
types = st.sampled_from(["string", "integer", "number", "boolean", "null", "object", "array"])
counts, texts = st.integers(0, 3), st.sampled_from(["a", "^b", "a|b", "b$"])


def keywords(inner: Any) -> Any:
    several = st.lists(inner, min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": types | st.lists(types, min_size=1, max_size=2, unique=True),
            "properties": st.dictionaries(names, inner, max_size=2),
            "patternProperties": st.dictionaries(texts, inner, max_size=2),
            "additionalProperties": inner,
            "propertyNames": inner,
            "required": st.lists(names, max_size=2, unique=True),
            "dependentRequired": st.dictionaries(names, st.lists(names, max_size=2, unique=True), max_size=1),
            "dependentSchemas": st.dictionaries(names, inner, max_size=1),
            "items": inner,
            "prefixItems": several,
            "contains": inner,
            "minContains": counts,
            "maxContains": counts,
            "uniqueItems": st.booleans(),
            "allOf": several,
            "anyOf": several,
            "oneOf": several,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
            "enum": st.lists(values, min_size=1, max_size=3),
            "const": values,
            "pattern": texts,
            **{
                f"{end}{what}": counts for end in ("min", "max") for what in ("Length", "Items", "Properties")
            },
            **dict.fromkeys(
                ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), st.integers(-2, 2)
            ),
            "multipleOf": st.sampled_from([1, 2, 0.5]),
        },
    )


schemas = st.recursive(st.booleans() | keywords(st.booleans()), keywords, max_leaves=6)


@settings(max_examples=300, deadline=None)
@given(schemas, st.lists(values, min_size=1, max_size=4))
def test_it_says_what_a_full_implementation_says(schema: Any, payloads: list[Any]) -> None:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"x": schema}}
    mine, theirs = compile_schema(whole), jsonschema_rs.validator_for(whole)
    for payload in payloads:
        budget = Budget(10**7)
        found = mine.misfits({"x": payload}, budget)
        assert (not found) == theirs.is_valid({"x": payload})


@pytest.mark.parametrize("reference", ["#/$defs/a", "#/$defs/x~1y~0z", "#/$defs/list/prefixItems/0"])
def test_references_inside_the_schema_are_followed(reference: str) -> None:
    inner = {"type": "integer"}
    schema = {"$ref": reference, "$defs": {"a": inner, "x/y~z": inner, "list": {"prefixItems": [inner]}}}
    compiled = compile_schema(schema)
    assert compiled.misfits(1, Budget(10**6)) == []
    assert compiled.misfits("1", Budget(10**6))


MANY = list(range(200_000))
WIDE = {str(number): number for number in MANY}
LONG_NAMES = {"ab" * 50 + str(number): number for number in range(20_000)}
COSTLY: list[tuple[Any, Any]] = [
    ({"items": {"anyOf": [{"type": "string"}] * 1500}}, MANY),
    ({"items": {"anyOf": [{"type": "string"}] * 1500 + [{"type": "integer"}]}}, MANY),
    ({"items": {"oneOf": [{"minimum": n} for n in range(1500)]}}, MANY),
    ({"items": {"allOf": [{"not": {"const": -n - 1}} for n in range(700)]}}, MANY),
    ({"allOf": [{"contains": {"const": n}} for n in range(900)]}, MANY),
    ({"allOf": [{"uniqueItems": True}] * 1000}, MANY),
    ({"items": {"not": {"pattern": "a[ab]{480}c"}}}, ["ab" * 500] * 1000),
    ({"patternProperties": {f"a[ab]{{{n + 100}}}c": {} for n in range(50)}}, LONG_NAMES),
    ({"not": {"anyOf": [{"required": [f"x{n}"], "properties": {f"y{n}": {}}} for n in range(900)]}}, WIDE),
    ({"allOf": [{"properties": {f"y{n}": {}}, "additionalProperties": True} for n in range(600)]}, WIDE),
    ({"not": {"anyOf": [{"enum": [{"a": n}]} for n in range(1900)]}}, WIDE),
    ({"items": {"not": {"multipleOf": 0.0001}}}, [n / 7 + 0.1 for n in MANY]),
]


@pytest.mark.parametrize(("schema", "payload"), COSTLY)
def test_work_is_charged_as_it_is_done(schema: Any, payload: Any) -> None:
    """Ten million units are a tenth of a second on an idle machine; no input does much more before it is stopped."""
    compiled, budget = compile_schema(schema), Budget(10_000_000)
    began = time.process_time()
    with contextlib.suppress(TooExpensive):
        compiled.misfits(payload, budget)
    assert time.process_time() - began < 3


def test_a_walk_that_costs_more_than_the_budget_is_stopped() -> None:
    compiled = compile_schema({"items": {"allOf": [{"not": {"const": -n - 1}} for n in range(700)]}})
    with pytest.raises(TooExpensive):
        compiled.misfits(MANY, Budget(10_000_000))


def test_reports_are_bounded_in_number_and_size() -> None:
    schema = {"additionalProperties": {"type": "string"}, "required": [f"r{n}" for n in range(1000)]}
    found = compile_schema(schema).misfits({f"{'k' * 5000}{n}": n for n in range(500)}, Budget(10**8))
    assert len(found) == MOST_MISFITS
    assert all(len(one.path) <= LONGEST_PATH and len(one.sentence) <= LONGEST_SENTENCE for one in found)


def test_alternatives_are_reported_once_where_they_are() -> None:
    schema = {"properties": {"a": {"anyOf": [{"type": "string", "minLength": 3}, {"type": "integer"}]}}}
    (found,) = compile_schema(schema).misfits({"a": None}, Budget(10**6))
    assert (found.path, "alternatives" in found.sentence) == ("a", True)


def test_each_fault_is_named_with_its_place() -> None:
    schema = {
        "properties": {"disks": {"items": {"properties": {"size": {"type": "integer", "minimum": 1}}}}},
        "required": ["id"],
    }
    found = compile_schema(schema).misfits({"disks": [{"size": 0}, {"size": "1"}]}, Budget(10**6))
    assert {one.path for one in found} == {"disks.0.size", "disks.1.size", "id"}
