"""HAL and Mongo answer with keys such as `_id` and `_links`: they are ordinary keys, everywhere."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from flows.expressions import TemplateError, compile_slot
from flows.sdk import FieldPath, Shape, node_types, value_at, with_value
from flows.sdk.config import Slot
from flows.sdk.testing import run_node
from flows.testing import render

RECORD: dict[str, Any] = {"_id": "65f0", "_links": {"self": {"href": "/x"}}, "a": [{"_id": 7}], "key": "_id"}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("_id", "65f0"),
        ("_links.self.href", "/x"),
        ("a[0]._id", 7),
        ("a.0._id", 7),
        ("record['_id']", "65f0"),
        ("record[key]", "65f0"),
        ("_id | upper", "65F0"),
        ("_id ~ ''", "65f0"),
        ("a | map('_id') | first", 7),
        ("_gone | default('-')", "-"),
        ("(_id if _links is defined else 'no')", "65f0"),
    ],
)
def test_templates_read_them(expression: str, value: Any) -> None:
    assert compile_slot(Slot.VALUE, f"{{{{ {expression} }}}}").render(RECORD) == value


@pytest.mark.parametrize(
    "expression", ["__id", "a.__x", "a[0].__x", "record['__x']", "__x | default(1)", "_id.__class__"]
)
def test_two_underscores_are_refused(expression: str) -> None:
    with pytest.raises(TemplateError):
        compile_slot(Slot.VALUE, f"{{{{ {expression} }}}}")


def test_paths_read_and_write_them() -> None:
    paths: Any = TypeAdapter(FieldPath)
    assert paths.validate_python("_links.self.href") == "_links.self.href"
    assert value_at(RECORD, "a.0._id") == 7
    assert with_value({}, "_links.self", 1) == {"_links": {"self": 1}}
    with pytest.raises(ValidationError):
        paths.validate_python("a.__x")


def test_nodes_read_and_write_them() -> None:
    config = {"field": "a._id", "operation": "=", "value": "7"}
    assert run_node(type(node_types.get("filter")), config, RECORD).record["a"] == {"_id": 7}
    config = {"as_field": "_own._id", "value": "{{ _id }}"}
    out = run_node(type(node_types.get("add-field")), config, RECORD, render=render)
    assert out.record["_own"] == {"_id": "65f0"}


def test_they_are_known_downstream() -> None:
    shape = Shape.from_example(RECORD)
    known = node_types.get("add-field").fields(
        node_types.get("add-field").Config(as_field="_own", value="{{ _links }}"),
        shape,
    )["out"]
    assert known.at("_own.self.href") == Shape.string()
