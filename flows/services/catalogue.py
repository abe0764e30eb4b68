"""What the editor needs to know of node types: forms, ports and schemas, all derived."""

from flows.graph.settings import NodeSettings
from flows.sdk import JsonObject, Kind, Node, Retry, TriggerNode, node_types
from flows.sdk.config_fields import ConfigField, config_of


def settings_schema(retry: Retry) -> JsonObject:
    """What every node has beside its config; the defaults are those of its type."""
    form = _form(config_of(NodeSettings))
    for name, part in form["properties"]["retry"]["properties"].items():
        part["default"] = getattr(retry, name)
    return form


def _form(field: ConfigField) -> JsonObject:
    """The JSON Schema of a field in one piece; where null may stand, nothing may be put."""
    form = {key: value for key, value in field.schema.items() if value is not None}
    if field.fields:
        form.pop("$defs", None)
        form.pop("default", None)
        form["properties"] = {name: _form(inner) for name, inner in field.fields.items()}
    return form


def list_node_types() -> list[JsonObject]:
    """Every node type: identity, ports, and the JSON Schema of its config with the hints of the form."""
    return [node_type_json(node) for node in node_types.values()]


def node_type_json(node: Node) -> JsonObject:
    """One node type."""
    meta = node.meta
    return {
        "type": meta.type,
        "version": meta.version,
        "kind": meta.kind.value,
        "label": meta.label,
        "summary": meta.summary,
        "unset": meta.unset,
        "icon": meta.icon,
        "ports": [{"name": port.name, "label": port.label} for port in meta.all_ports],
        "trigger": trigger_json(node) if isinstance(node, TriggerNode) else None,
        "has_input": meta.kind is not Kind.TRIGGER,
        "config_schema": node.Config.model_json_schema(),
        "settings_schema": settings_schema(meta.retry) if meta.kind is not Kind.TRIGGER else {},
    }


def trigger_json(node: TriggerNode) -> JsonObject:
    """How a trigger starts runs, and the config field that names the event type."""
    return {"kind": node.starts_by.value, "event_field": node.event_field}
