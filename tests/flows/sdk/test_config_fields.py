"""What the core knows of the fields of a config, from its JSON Schema."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from flows.sdk import FieldPath, NodeConfig, TemplateJson, TemplateText, ui
from flows.sdk.config_fields import config_of, filled_fields

Credential = Annotated[str, Field(json_schema_extra={"x-slot": "credential"})]


class Leaf(NodeConfig):
    path: FieldPath | None = ui(None, label="Path")
    secret: Credential = ui("", label="Secret")


class Branch(NodeConfig):
    kind: Literal["a", "b"] = ui("a", label="Kind")
    text: TemplateText = ui("", label="Text", depends_on={"kind": ["b"]})
    deeper: TemplateText = ui("", label="Deeper", depends_on={"text": ["", "x"]})
    body: TemplateJson = ui(None, label="Body")
    leaf: Leaf | None = ui(None, label="Leaf")
    leaves: list[Leaf] = ui([], label="Leaves")
    named: dict[str, Leaf] = ui({}, label="Named")
    either: TemplateText | list[FieldPath] = ui("", label="Either")
    inner: "list[Branch]" = ui([], label="Inner")
    as_field: FieldPath = ui("to", label="As field")


@pytest.mark.parametrize(
    ("path", "label", "slot"),
    [
        ("body", "Body", "json"),
        ("leaf.path", "Path", "path"),
        ("leaves.3.secret", "Secret", "credential"),
        ("named.any key.path", "Path", "path"),
        ("either", "Either", "text"),
        ("either.0", "Either", "path"),
        ("inner.0.inner.1.leaf.secret", "Secret", "credential"),
    ],
)
def test_a_place_knows_its_label_and_what_is_written_there(path: str, label: str, slot: str) -> None:
    here: Any = config_of(Branch)
    for step in path.split("."):
        here = here.at(step)
    assert (here.label, here.slot) == (label, slot)


@pytest.mark.parametrize("path", ["nothing", "body.deep", "leaf.nothing", "leaves.x", "kind.x"])
def test_nothing_is_known_where_there_is_no_field(path: str) -> None:
    first, *rest = path.split(".")
    here = config_of(Branch).at(first)
    for step in rest:
        here = here.at(step) if here else None
    assert here is None


def filled(**config: Any) -> dict[str, tuple[str, Any]]:
    found = filled_fields(Branch.model_validate(config))
    return {place.path: (place.field.slot, place.value) for place in found}


def test_every_filled_place_is_told_wherever_it_is() -> None:
    places = filled(
        leaf={"path": "a"},
        leaves=[{"secret": "x"}, {"path": "b"}],
        named={"k": {"path": "c"}},
        either=["d"],
        inner=[{"leaf": {"path": "e"}}],
        body={"f": [1]},
    )
    paths = {path: value for path, (slot, value) in places.items() if slot == "path" and value}
    assert paths == {
        "leaf.path": "a",
        "leaves.1.path": "b",
        "named.k.path": "c",
        "either.0": "d",
        "inner.0.leaf.path": "e",
        "inner.0.as_field": "to",
        "as_field": "to",
    }
    assert places["leaves.0.secret"] == ("credential", "x")
    assert places["body"] == ("json", {"f": [1]})


def test_a_text_where_a_list_may_stand_is_one_place() -> None:
    assert filled(either="x")["either"] == ("text", "x")


def test_hidden_fields_are_left_out_and_those_that_depend_on_them() -> None:
    assert not {"text", "deeper"} & filled(text="x").keys()
    assert {"text", "deeper"} <= filled(text="x", kind="b").keys()


def test_only_fields_named_so_say_where_a_node_writes() -> None:
    fields = config_of(Branch).fields
    assert [name for name, field in fields.items() if field.is_written] == ["as_field"]


class Listed(NodeConfig):
    project: TemplateText = ui("", label="Project", choices_from=())
    labels: list[TemplateText] = ui([], label="Labels", choices_from=("project",))
    plain: str = ui("", label="Plain")


def test_a_field_with_a_list_from_outside_says_what_the_list_depends_on() -> None:
    fields = config_of(Listed).fields
    assert [fields[name].choices_from for name in ("project", "labels", "plain")] == [[], ["project"], None]
