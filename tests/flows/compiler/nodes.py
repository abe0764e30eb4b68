"""A small installation of our own, so that the compiler is tested without any concrete node."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from flows.graph import DocumentEdge, DocumentNode, FlowDocument
from flows.sdk import (
    Condition,
    Emit,
    EventTrigger,
    EventType,
    FieldPath,
    Kind,
    ManualTrigger,
    Node,
    NodeConfig,
    NodeMeta,
    Port,
    Record,
    Shape,
    TemplateText,
    TemplateValue,
    TriggerKind,
    TriggerNode,
    TriggerSpec,
    ui,
)
from flows.sdk.comparison import filtered_shape

CHARGE = Shape.object({"amount": Shape.number(), "kind": Shape.string()})
SERVER = Shape.object(
    {
        "id": Shape.integer(),
        "hostname": Shape.string(),
        "ram": Shape.integer(),
        "charges": Shape.array(CHARGE),
        "owner": Shape.object({"email": Shape.string()}, is_open=True),
        "blob": Shape.anything(),
    }
)


class EventConfig(NodeConfig):
    event: str = ui(label="Event type", widget="event-type")
    field: FieldPath | None = ui(None, label="Field")


class Event(TriggerNode):
    meta = NodeMeta("event", Kind.TRIGGER, "Event", "Starts.", "bolt")
    Config = EventConfig
    starts_by = TriggerKind.EVENT

    def listens_to(self, config: EventConfig) -> TriggerSpec:
        condition = Condition(config.field, "=", "1") if config.field else None
        return EventTrigger(config.event, condition)


class Manual(TriggerNode):
    meta = NodeMeta("manual", Kind.TRIGGER, "Manual", "Starts.", "hand")
    starts_by = TriggerKind.MANUAL

    def listens_to(self, config: NodeConfig) -> TriggerSpec:
        return ManualTrigger()


class FilterConfig(NodeConfig):
    field: FieldPath = ui(label="Field")
    operation: Literal["=", ">="] = ui("=", label="Operation")
    value: TemplateValue = ui("", label="Value")


class Filter(Node):
    meta = NodeMeta(
        "filter",
        Kind.FILTER,
        "Filter",
        "Splits.",
        "filter",
        ports=(Port("true", "True"), Port("false", "False")),
    )
    Config = FilterConfig

    def fields(self, config: FilterConfig, upstream: Shape) -> Mapping[str, Shape]:
        return {"true": filtered_shape(upstream, config.field, config.operation), "false": upstream}


CredentialName = Annotated[str, Field(json_schema_extra={"x-slot": "credential"})]


class AddConfig(NodeConfig):
    as_field: FieldPath = ui(label="As field")
    value: TemplateValue = ui("", label="Value")
    number: int = ui(1, label="Number", ge=1, le=9)
    credential: CredentialName = ui("", label="Credential")


class Add(Node):
    meta = NodeMeta("add-field", Kind.ENRICHER, "Add field", "Adds.", "plus", version=2)
    Config = AddConfig

    def fields(self, config: AddConfig, upstream: Shape) -> Mapping[str, Shape]:
        return {"out": upstream.with_field(config.as_field, Shape.string())}

    def check(self, config: AddConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        return [("number", "Seven is taken.", "Choose another.")] if config.number == 7 else []

    def upgrade(self, version: int, config: dict[str, Any]) -> dict[str, Any]:
        config["as_field"] = config.pop("name", "")
        return config

    def run(self, ctx: Any, config: AddConfig, record: Record) -> Emit:
        return Emit("out", {**record, config.as_field: config.value})


class Part(NodeConfig):
    field: FieldPath = ui("ram", label="Field")
    credential: CredentialName = ui("", label="Credential")
    signed: bool = ui(True, label="Signed")
    key: CredentialName = ui("", label="Key", depends_on={"signed": [True]})


class SendConfig(NodeConfig):
    text: TemplateText = ui("", label="Text")
    fields: list[FieldPath] = ui([], label="Fields")
    parts: list[Part] = ui([], label="Parts")
    named: dict[str, Part] = ui({}, label="Named")
    either: Part | list[int] = ui([], label="Either")


class Send(Node):
    meta = NodeMeta("send", Kind.ACTION, "Send", "Sends.", "send")
    Config = SendConfig


class Broken(Node):
    meta = NodeMeta("broken", Kind.ACTION, "Broken", "Breaks.", "bug")

    def fields(self, config: NodeConfig, upstream: Shape) -> Mapping[str, Shape]:
        raise RuntimeError("a bug")


@dataclass
class Installation:
    types: dict[str, Node] = field(
        default_factory=lambda: {
            made.meta.type: made for made in (Event(), Manual(), Filter(), Add(), Send(), Broken())
        }
    )

    owner_id: int | None = 1
    is_at_run: bool = False

    def node_type(self, name: str) -> Node | None:
        return self.types.get(name)

    def event_type(self, name: str) -> EventType | None:
        return EventType(name, "L", "S", "G", SERVER, {}) if name == "server.created" else None

    def credentials(self) -> dict[str, str]:
        return {"smtp": "smtp"}

    def node_type_names(self) -> list[str]:
        return list(self.types)

    def event_type_names(self) -> list[str]:
        return ["server.created"]


CONFIGS: dict[str, dict[str, Any]] = {
    "event": {"event": "server.created"},
    "filter": {"field": "ram", "operation": ">=", "value": "1"},
    "add-field": {"as_field": "new", "value": "x"},
}


def drawn(nodes: dict[str, Any], *edges: str) -> FlowDocument:
    """A document from `{"f": "filter"}` or `{"f": ("filter", {…config})}` and edges such as `t.out>f`."""
    made = []
    for node_id, given in nodes.items():
        kind, config = given if isinstance(given, tuple) else (given, CONFIGS.get(given, {}))
        version = 2 if kind == "add-field" else 1
        made.append(DocumentNode(node_id, kind, node_id.upper(), version, config))
    lines = []
    for edge in edges:
        outlet, target = edge.split(">")
        source, port = outlet.split(".")
        lines.append(DocumentEdge(source, port, target))
    return FlowDocument("", tuple(made), tuple(lines))
