"""The page about all node types, derived from what the types say of themselves."""

import json
from collections.abc import Iterable

from flows.sdk import Json, JsonObject, Kind, Node, OnCrash, TriggerNode

INTRODUCTION = """# Nodes

This page is made by `manage.py node_docs` from the node types themselves; do not edit it.

A flow has one trigger; records travel from it through filters, enrichers and actions. Fields marked *template*
take `{{ field }}`; a value that is inserted can never become code, a key, a path, a header or a recipient.
"""

HEADINGS = {
    Kind.TRIGGER: "Triggers",
    Kind.FILTER: "Filters",
    Kind.ENRICHER: "Enrichers",
    Kind.ACTION: "Actions",
    Kind.CONTROL: "Control",
}

CRASH_TEXTS = {
    OnCrash.REPEAT: "it is done again under the same idempotency key",
    OnCrash.ASK: "a person decides, because doing it twice is unsafe",
}

SLOT_TEXTS = {
    "text": "template",
    "html": "template, HTML",
    "value": "template, keeps its type",
    "integer": "template, whole number",
    "json": "template, JSON",
    "url": "template, URL",
    "header": "template, one line",
    "address": "template, one mail address",
    "path": "field path",
    "duration": "length of time",
}


TYPE_TEXTS = {"string": "text", "integer": "whole number", "boolean": "yes or no"}


def render_node_docs(nodes: Iterable[Node]) -> str:
    """The whole page in Markdown: one section for each type, by kind and label."""
    known = sorted(nodes, key=lambda node: node.meta.label)
    parts = [INTRODUCTION]
    for kind, heading in HEADINGS.items():
        sections = [_section(node) for node in known if node.meta.kind is kind]
        if sections:
            parts += [f"## {heading}\n", *sections]
    return "\n".join(parts)


def _section(node: Node) -> str:
    meta = node.meta
    lines = [f"### {meta.label}", "", meta.summary, "", f"- Type: `{meta.type}`, version {meta.version}"]
    lines.append(f"- Outputs: {', '.join(f'{port.label} (`{port.name}`)' for port in meta.all_ports)}")
    if meta.durable and not isinstance(node, TriggerNode):
        lines.append(f"- When its worker dies in the middle: {CRASH_TEXTS[meta.on_crash]}")
    if meta.retry.attempts > 1:
        lines.append(f"- Tried {meta.retry.attempts} times at most, when the flow says nothing else")
    schema = node.Config.model_json_schema()
    rows = list(_rows(schema, schema.get("$defs", {})))
    if rows:
        lines += ["", "| Field | Key | Takes | Empty means | About |", "|---|---|---|---|---|", *rows]
    return "\n".join([*lines, ""])


def _rows(schema: JsonObject, definitions: JsonObject, prefix: str = "") -> Iterable[str]:
    required = set(schema.get("required", ()))
    for name, drawn in schema.get("properties", {}).items():
        field = _flat(drawn, definitions)
        cells = (
            f"{'- ' if prefix else ''}{field.get('title', name)}",
            f"`{prefix}{name}`",
            _takes(field, definitions),
            "required" if name in required else _default(field),
            _about(drawn, schema),
        )
        yield f"| {' | '.join(_cell(text) for text in cells)} |"
        yield from _rows(field, definitions, f"{prefix}{name}.")


def _flat(field: JsonObject, definitions: JsonObject) -> JsonObject:
    """The field with what it refers to put in its place, and without the alternative null."""
    own = {key: value for key, value in field.items() if key not in ("$ref", "anyOf")}
    if "$ref" in field:
        return {**definitions.get(field["$ref"].rsplit("/", 1)[1], {}), **own}
    others = [entry for entry in field.get("anyOf", ()) if entry.get("type") != "null"]
    return {**_flat(others[0], definitions), **own} if others else own


def _takes(field: JsonObject, definitions: JsonObject) -> str:
    if "enum" in field:
        labels = field.get("x-ui", {}).get("choices", {})
        return "; ".join(
            f"`{value}` {labels[value]}" if labels.get(value, value) != value else f"`{value}`"
            for value in field["enum"]
        )
    if "x-slot" in field:
        return SLOT_TEXTS.get(field["x-slot"], str(field["x-slot"]))
    kind = field.get("type", "any value")
    if kind == "array":
        return f"list of: {_takes(_flat(field.get('items', {}), definitions), definitions)}"
    if kind == "object":
        values = field.get("additionalProperties")
        return (
            f"names with: {_takes(_flat(values, definitions), definitions)}" if values else "several fields"
        )
    return TYPE_TEXTS.get(kind, str(kind))


def _default(field: JsonObject) -> str:
    value: Json = field.get("default")
    if value in (None, "", [], {}):
        return "nothing"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _about(field: JsonObject, schema: JsonObject) -> str:
    text = str(field.get("description", ""))
    for other, values in field.get("x-ui", {}).get("dependsOn", {}).items():
        # A long list of values says less than the field's own help does.
        if len(values) <= 4:
            title = schema["properties"][other].get("title", other)
            text += f" For {title.lower()} {' or '.join(f'`{value}`' for value in values)}."
    return text.strip().replace("*", "\\*")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
