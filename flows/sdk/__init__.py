"""What a node is: everything that a node module may import.

Plain Python without Django and without I/O. A third party's package imports from here and from nowhere else.
"""

from common.http import HttpAnswer
from common.programs.spec import Finished, Limits, Program
from common.tls import Tls
from flows.sdk.choices import Choice
from flows.sdk.config import (
    CredentialRef,
    FieldPath,
    FlowDuration,
    NodeConfig,
    TemplateAddress,
    TemplateHeader,
    TemplateHtml,
    TemplateInteger,
    TemplateJson,
    TemplateText,
    TemplateUrl,
    TemplateValue,
    text_with_names,
    ui,
)
from flows.sdk.context import HttpClient, Net, NodeContext, NodeLog
from flows.sdk.credentials import (
    CredentialFields,
    CredentialMeta,
    CredentialType,
    Secret,
    credential_type,
    credential_types,
)
from flows.sdk.errors import NodeError
from flows.sdk.events import EventName, EventType, event_types
from flows.sdk.examples import ExampleJson, ExampleRecord, example_shape, parsed_example, record_shape
from flows.sdk.json_types import Json, JsonObject, Record
from flows.sdk.life_cycle import (
    LIFE_CYCLE_EVENTS,
    LIFE_CYCLE_KINDS,
    EventContext,
    LifeCycle,
    LifeCycleKind,
    original_context,
)
from flows.sdk.meta import Kind, NodeMeta, OnCrash, Port
from flows.sdk.node import Node, TriggerNode, node, node_types
from flows.sdk.records import MISSING, value_at, with_value
from flows.sdk.results import Emit, Result, Review, Suspend, Wake
from flows.sdk.retry import Retry
from flows.sdk.shapes import Shape
from flows.sdk.triggers import (
    Among,
    Condition,
    EventTrigger,
    HookTrigger,
    ManualTrigger,
    ScheduleTrigger,
    TriggerKind,
    TriggerSpec,
)

__all__ = [
    "LIFE_CYCLE_EVENTS",
    "LIFE_CYCLE_KINDS",
    "MISSING",
    "Among",
    "Choice",
    "Condition",
    "CredentialFields",
    "CredentialMeta",
    "CredentialRef",
    "CredentialType",
    "Emit",
    "EventContext",
    "EventName",
    "EventTrigger",
    "EventType",
    "ExampleJson",
    "ExampleRecord",
    "FieldPath",
    "Finished",
    "FlowDuration",
    "HookTrigger",
    "HttpAnswer",
    "HttpClient",
    "Json",
    "JsonObject",
    "Kind",
    "LifeCycle",
    "LifeCycleKind",
    "Limits",
    "ManualTrigger",
    "Net",
    "Node",
    "NodeConfig",
    "NodeContext",
    "NodeError",
    "NodeLog",
    "NodeMeta",
    "OnCrash",
    "Port",
    "Program",
    "Record",
    "Result",
    "Retry",
    "Review",
    "ScheduleTrigger",
    "Secret",
    "Shape",
    "Suspend",
    "TemplateAddress",
    "TemplateHeader",
    "TemplateHtml",
    "TemplateInteger",
    "TemplateJson",
    "TemplateText",
    "TemplateUrl",
    "TemplateValue",
    "Tls",
    "TriggerKind",
    "TriggerNode",
    "TriggerSpec",
    "Wake",
    "credential_type",
    "credential_types",
    "event_types",
    "example_shape",
    "node",
    "node_types",
    "original_context",
    "parsed_example",
    "record_shape",
    "text_with_names",
    "ui",
    "value_at",
    "with_value",
]
