"""Add field: put a value into the record."""

import re
from collections.abc import Mapping

from flows.sdk import (
    Emit,
    FieldPath,
    Json,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Record,
    Shape,
    TemplateValue,
    node,
    ui,
    with_value,
)
from flows.sdk.summaries import plain

ONE_FIELD = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)\s*\}\}")
ONE_EXPRESSION = re.compile(r"\{\{(?:(?!\{\{|\}\}).)*\}\}", re.DOTALL)


class AddFieldConfig(NodeConfig):
    """Which field, which value."""

    as_field: FieldPath = ui(
        label="As field",
        help="The name of the new field. Dots make objects: owner.city puts city into owner.",
        placeholder="owner.city",
    )
    value: TemplateValue = ui(
        "",
        label="Value",
        help="A field alone, such as {{ cpu }}, keeps its type; a text with fields in it becomes text.",
        placeholder="{{ hostname }}.example.org",
    )


@node
class AddField(Node):
    meta = NodeMeta(
        type="add-field",
        kind=Kind.ENRICHER,
        label="Add field",
        summary="Put a value into the record under a name.",
        icon="square-plus",
        unset="No field named",
    )
    Config = AddFieldConfig

    def summary(self, config: AddFieldConfig) -> str:
        return f"{config.as_field} = {plain(config.value)}" if config.as_field else ""

    def fields(self, config: AddFieldConfig, upstream: Shape) -> Mapping[str, Shape]:
        return {"out": upstream.with_field(config.as_field, _shape_of(config.value, upstream))}

    def run(self, ctx: NodeContext, config: AddFieldConfig, record: Record) -> Emit:
        return Emit("out", with_value(record, config.as_field, config.value))


def _shape_of(value: Json, upstream: Shape) -> Shape:
    if not isinstance(value, str):
        return Shape.from_example(value)
    text = value.strip()
    if field := ONE_FIELD.fullmatch(text):
        return upstream.at(field[1]) or Shape.anything()
    return Shape.anything() if ONE_EXPRESSION.fullmatch(text) else Shape.string()
