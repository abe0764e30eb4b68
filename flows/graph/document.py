"""The drawing of a flow as data: what is stored, exported and imported. It knows no node type.

The types say what a document from outside may hold; `reading` checks one against them. Whoever builds a document in
Python answers for its values.
"""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, with_config
from pydantic_core import PydanticCustomError

from common.names import HIDDEN_CHARACTER, HINT, hidden_character, said, settled
from flows.graph.settings import DRAFT, NO_FLOW_SETTINGS, NO_NODE_SETTINGS, FlowSettings, NodeSettings
from flows.sdk.config import StrictInteger, StrictNumber
from flows.sdk.json_types import JsonObject

FORMAT: Final = "hookflow/flow"
VERSION: Final = 1
CLOSED: Final = ConfigDict(extra="forbid", field_title_generator=lambda name, info: info.alias or name)


def _visible(text: str) -> str:
    hidden = hidden_character(text)
    if hidden is not None:
        message = "The name holds a hidden character ({character})."
        raise PydanticCustomError(HIDDEN_CHARACTER, message, {"character": said(hidden), "hint": HINT})
    return settled(text)


def _not_empty(text: str, info: ValidationInfo) -> str:
    if not text.strip():
        raise PydanticCustomError("empty", "The name is empty.", {"hint": "Give it a name."})
    return text


def _not_empty_for_long(text: str, info: ValidationInfo) -> str:
    return text if info.context == DRAFT else _not_empty(text, info)


def _like(pattern: str, hint: str) -> AfterValidator:
    shape = re.compile(pattern)

    def checked(text: str) -> str:
        if not text:
            raise PydanticCustomError("empty", "“{label}” is empty.", {"hint": hint})
        if not shape.fullmatch(text):
            raise PydanticCustomError("bad_id", "“{text}” is not allowed here.", {"text": text, "hint": hint})
        return text

    return AfterValidator(checked)


_Text200 = Annotated[str, Field(max_length=200), AfterValidator(_visible)]
Name = Annotated[_Text200, AfterValidator(_not_empty)]
NodeName = Annotated[_Text200, AfterValidator(_not_empty_for_long)]
_Text64 = Annotated[str, Field(max_length=64)]
NodeId = Annotated[_Text64, _like(r"[A-Za-z0-9][A-Za-z0-9_-]*", "Letters, digits, - and _, at most 64.")]
TypeName = Annotated[
    _Text64, _like(r"[a-z][a-z0-9]*([-._][a-z0-9]+)*", "Small letters, digits and -, at most 64.")
]
PortName = Annotated[_Text64, _like(r"[a-z][a-z0-9_]*", "Write the name of a port, such as out.")]
Coordinate = Annotated[StrictNumber, Field(ge=-10_000_000, le=10_000_000)]


@with_config(CLOSED)
@dataclass(frozen=True, slots=True)
class Position:
    """Where a node stands on the canvas, in its units."""

    x: Coordinate = 0
    y: Coordinate = 0


@with_config(CLOSED)
@dataclass(frozen=True, slots=True)
class DocumentNode:
    """A box on the canvas. `config` is free JSON here: the compiler judges it."""

    id: NodeId
    type: TypeName
    name: NodeName
    type_version: Annotated[StrictInteger, Field(ge=1, le=10_000, alias="typeVersion")] = 1
    config: dict[str, Any] = field(default_factory=dict)
    settings: NodeSettings = NO_NODE_SETTINGS
    position: Position = Position()


@with_config(CLOSED)
@dataclass(frozen=True, slots=True)
class DocumentEdge:
    """A line from a port of one node to the single input of another."""

    source: Annotated[NodeId, Field(alias="from")]
    port: PortName
    target: Annotated[NodeId, Field(alias="to")]

    def to_json(self) -> JsonObject:
        """As it stands in a document."""
        return {"from": self.source, "port": self.port, "to": self.target}


@dataclass(frozen=True, slots=True)
class FlowDocument:
    """A whole flow. The order of edges is the order in which they are followed."""

    name: str
    nodes: tuple[DocumentNode, ...] = ()
    edges: tuple[DocumentEdge, ...] = ()
    description: str = ""
    settings: FlowSettings = NO_FLOW_SETTINGS

    def node(self, node_id: str) -> DocumentNode | None:
        """The first node of that id, or None."""
        return next((node for node in self.nodes if node.id == node_id), None)
