"""What the editor needs to know of node types: forms, ports and schemas, all derived."""

from dataclasses import dataclass

from flows.graph.settings import FlowSettings, NodeSettings
from flows.sdk import JsonObject, Kind, Node, Retry, TriggerNode, node_types
from flows.sdk.config_fields import ConfigField, config_of


def settings_schema(retry: Retry) -> JsonObject:
    """What every node has beside its config; the defaults are those of its type."""
    form = _form(config_of(NodeSettings))
    for name, part in form["properties"]["retry"]["properties"].items():
        part["default"] = getattr(retry, name)
    return form


def flow_settings_schema() -> JsonObject:
    """What a flow has beside its drawing."""
    return _form(config_of(FlowSettings))


def _form(field: ConfigField) -> JsonObject:
    """The JSON Schema of a field in one piece; where null may stand, nothing may be put."""
    form = {key: value for key, value in field.schema.items() if value is not None}
    if field.fields:
        form.pop("$defs", None)
        form.pop("default", None)
        form["properties"] = {name: _form(inner) for name, inner in field.fields.items()}
    return form


@dataclass(frozen=True, slots=True)
class KnownNodeType:
    """A node type as the palette shows it, with the JSON Schemas from which its forms are made."""

    node: Node

    @property
    def trigger(self) -> TriggerNode | None:
        """How it starts runs, if it does."""
        return self.node if isinstance(self.node, TriggerNode) else None

    @property
    def has_input(self) -> bool:
        return self.node.meta.kind is not Kind.TRIGGER

    @property
    def config_schema(self) -> JsonObject:
        return self.node.Config.model_json_schema()

    @property
    def settings_schema(self) -> JsonObject:
        return settings_schema(self.node.meta.retry) if self.has_input else {}


def list_node_types() -> list[KnownNodeType]:
    return [KnownNodeType(node) for node in node_types.values() if not node.meta.is_internal]
