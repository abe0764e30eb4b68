"""No schema grows past its bound, whatever it refers to; and what is not supported is refused with its place."""

import time
from typing import Any

import pytest

from flows.sdk.schema import MAX_SUBSCHEMAS, SchemaError, compile_schema, measure
from flows.sdk.schema.bounds import MAX_DEPTH, NAMED, ONE, REFUSED, SEVERAL

LEVELS = 22


def doubling(keyword: str, levels: int = LEVELS) -> dict[str, Any]:
    """Each level holds the next one twice."""

    def level(number: int) -> dict[str, Any]:
        following = {"$ref": f"#/$defs/l{number + 1}"}
        if keyword in SEVERAL:
            return {keyword: [following, dict(following)]}
        if keyword in NAMED:
            return {keyword: {"a": following, "b": dict(following)}}
        return {keyword: following, "anyOf": [dict(following)]}

    names = {f"l{number}": level(number) for number in range(levels)}
    return {"$ref": "#/$defs/l0", "$defs": {**names, f"l{levels}": {"type": "string"}}}


@pytest.mark.parametrize("keyword", [*ONE, *SEVERAL, *NAMED])
@pytest.mark.parametrize("levels", [12, 22, 400])
def test_a_schema_that_doubles_at_each_level_is_refused_at_once(keyword: str, levels: int) -> None:
    began = time.process_time()
    with pytest.raises(SchemaError, match=r"subschemas|levels deep") as caught:
        compile_schema(doubling(keyword, levels))
    assert caught.value.hint
    assert time.process_time() - began < 0.5


def looping(keyword: str, target: str) -> dict[str, Any]:
    reference = {"$ref": target}
    inner = [reference] if keyword in SEVERAL else {"a": reference} if keyword in NAMED else reference
    return {keyword: inner}


@pytest.mark.parametrize("keyword", [*ONE, *SEVERAL, *NAMED])
def test_a_schema_that_leads_to_itself_is_refused(keyword: str) -> None:
    for schema in (
        looping(keyword, "#"),
        {"$defs": {"a": looping(keyword, "#/$defs/a")}, "$ref": "#/$defs/a"},
    ):
        with pytest.raises(SchemaError, match="refers to itself"):
            compile_schema(schema)


@pytest.mark.parametrize("schema", [{"$ref": "#"}, {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}])  # fmt: skip  # noqa: E501
def test_references_in_a_circle_are_refused(schema: Any) -> None:
    with pytest.raises(SchemaError, match="refers to itself"):
        compile_schema(schema)


@pytest.mark.parametrize(
    "reference",
    [
        "http://evil.example/s",
        "file:///etc/passwd",
        "other.json#/a",
        "#name",
        "",
        3,
        None,
        "#/$defs/none",
        "#/a/9",
    ],
)
def test_references_elsewhere_are_refused_and_nothing_is_fetched(reference: Any) -> None:
    with pytest.raises(SchemaError, match=r"not followed|nowhere") as caught:
        compile_schema({"properties": {"a": {"$ref": reference}}, "a": [1]})
    assert caught.value.at == "/properties/a/$ref"


@pytest.mark.parametrize("keyword", REFUSED)
def test_what_is_not_checked_is_refused(keyword: str) -> None:
    with pytest.raises(SchemaError, match="not supported") as caught:
        compile_schema({"type": "object", "properties": {"a": {keyword: {}}}})
    assert caught.value.hint
    assert keyword in caught.value.at


def test_depth_and_size_are_bounded_without_references_too() -> None:
    deep: dict[str, Any] = {}
    for _ in range(MAX_DEPTH + 1):
        deep = {"items": deep}
    with pytest.raises(SchemaError, match="levels deep"):
        measure(deep)
    with pytest.raises(SchemaError, match="subschemas"):
        measure({"properties": {str(n): {} for n in range(MAX_SUBSCHEMAS)}})
    assert measure({"properties": {str(n): {} for n in range(MAX_SUBSCHEMAS - 1)}}) == MAX_SUBSCHEMAS


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "text"},
        {"type": []},
        {"type": 3},
        {"type": ["string", 3]},
        {"enum": []},
        {"enum": list(range(2000))},
        {"enum": "a"},
        {"required": "a"},
        {"required": [1]},
        {"properties": []},
        {"properties": {"a": 3}},
        {"items": [{}]},
        {"items": None},
        {"anyOf": []},
        {"anyOf": {}},
        {"minLength": -1},
        {"minLength": 1.5},
        {"minLength": True},
        {"minimum": "1"},
        {"multipleOf": 0},
        {"pattern": "("},
        {"pattern": "(?!a)"},
        {"pattern": "[ab]{0,999}"},
        {"pattern": 3},
        {"patternProperties": {"(": {}}},
        {"patternProperties": {f"a{n}": {} for n in range(100)}},
        {"uniqueItems": 1},
        {"dependentRequired": []},
        {"dependentRequired": {"a": "b"}},
        {"minContains": -1, "contains": {}},
        {"properties": {"a": {"$id": "x"}}},
        {"exclusiveMinimum": True},
    ],
)
def test_a_malformed_schema_is_refused_with_a_sentence(schema: Any) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_schema(schema)
    assert caught.value.message
    assert caught.value.hint
