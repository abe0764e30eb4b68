"""The page about all node types, derived from what the types say of themselves."""

import json
from collections.abc import Iterable

from flows.sdk import Json, Kind, Node, OnCrash, TriggerNode
from flows.sdk.config_fields import ConfigField, config_of

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


TYPE_TEXTS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "yes or no",
    "array": "list",
    "object": "several fields",
}


def render_node_docs(nodes: Iterable[Node]) -> str:
    """The whole page in Markdown: one section for each type, by kind and label."""
    known = sorted((node for node in nodes if not node.meta.is_internal), key=lambda node: node.meta.label)
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
    rows = list(_rows(config_of(node.Config)))
    if rows:
        lines += ["", "| Field | Key | Takes | Empty means | About |", "|---|---|---|---|---|", *rows]
    return "\n".join([*lines, ""])


def _rows(holder: ConfigField, prefix: str = "") -> Iterable[str]:
    required = set(holder.schema.get("required", ()))
    for name, field in holder.fields.items():
        cells = (
            f"{'- ' if prefix else ''}{field.label}",
            f"`{prefix}{name}`",
            _takes(field),
            "required" if name in required else _default(field),
            _about(field, holder),
        )
        yield f"| {' | '.join(_cell(text) for text in cells)} |"
        yield from _rows(field, f"{prefix}{name}.")


def _takes(field: ConfigField) -> str:
    if "enum" in field.schema:
        labels = {value: field.choices.get(value, value) for value in field.schema["enum"]}
        return "; ".join(
            f"`{value}` {label}" if label != value else f"`{value}`" for value, label in labels.items()
        )
    if field.slot:
        return SLOT_TEXTS.get(field.slot, field.slot)
    if field.items:
        return f"list of: {_takes(field.items)}"
    if field.values:
        return f"names with: {_takes(field.values)}"
    kind = field.schema.get("type", "any value")
    return TYPE_TEXTS.get(kind, str(kind))


def _default(field: ConfigField) -> str:
    value: Json = field.schema.get("default")
    if value in (None, "", [], {}):
        return "nothing"
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _about(field: ConfigField, holder: ConfigField) -> str:
    text = str(field.schema.get("description", ""))
    for other, values in field.depends_on.items():
        # A long list of values says less than the field's own help does.
        if len(values) <= 4:
            label = holder.fields[other].label.lower()
            text += f" For {label} {' or '.join(f'`{value}`' for value in values)}."
    return text.strip().replace("*", "\\*")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
