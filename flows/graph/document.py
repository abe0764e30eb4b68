"""The drawing of a flow as data: what is stored, exported and imported. It knows no node type."""

from dataclasses import dataclass, field
from typing import Literal

from flows.sdk.config import duration_seconds
from flows.sdk.json_types import JsonObject
from flows.sdk.retry import Retry

FORMAT = "hookflow/flow"
VERSION = 1

ConcurrencyMode = Literal["parallel", "queue", "single"]


def plain_number(number: float) -> float:
    """Whole numbers as such, others to a hundredth: settings and the canvas have no finer places."""
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded


@dataclass(frozen=True, slots=True)
class Fault:
    """A value of a draft that was typed and cannot be used yet.

    Args:
        field: dotted, from the node or the flow, such as `settings.retry.attempts`.
        code: snake case; never changes.
        message: one sentence.
        hint: what to do about it.
    """

    field: str
    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What every node has beside its config. None is the default of the node type.

    Args:
        retry: how a failed step is tried again, as far as the flow says it.
        timeout: the time limit of one try.
        faults: what of a draft's settings cannot be used.
        drawn: the settings as they were typed, when there are faults.
    """

    retry: Retry | None = None
    timeout: str | None = None
    faults: tuple[Fault, ...] = ()
    drawn: JsonObject = field(default_factory=dict)

    @property
    def timeout_seconds(self) -> float | None:
        """The time limit of one try."""
        return duration_seconds(self.timeout) if self.timeout else None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a node stands on the canvas, in its units."""

    x: float = 0
    y: float = 0


@dataclass(frozen=True, slots=True)
class DocumentNode:
    """A box on the canvas. `config` is free JSON here: the compiler judges it."""

    id: str
    type: str
    name: str
    type_version: int = 1
    config: JsonObject = field(default_factory=dict)
    settings: NodeSettings = NodeSettings()
    position: Position = Position()


@dataclass(frozen=True, slots=True)
class DocumentEdge:
    """A line from a port of one node to the single input of another."""

    source: str
    port: str
    target: str

    def to_json(self) -> JsonObject:
        """As it stands in a document."""
        return {"from": self.source, "port": self.port, "to": self.target}


@dataclass(frozen=True, slots=True)
class Concurrency:
    """How many runs of the flow may be open at once, and what happens to the next one."""

    mode: ConcurrencyMode = "parallel"
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """What holds for the flow as a whole.

    Args:
        subject: a template of what each run is called in lists; empty leaves it to the payload's names.
        faults: what of a draft's settings cannot be used.
        drawn: the settings as they were typed, when there are faults.
    """

    concurrency: Concurrency = Concurrency()
    subject: str = ""
    faults: tuple[Fault, ...] = ()
    drawn: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlowDocument:
    """A whole flow. The order of edges is the order in which they are followed."""

    name: str
    nodes: tuple[DocumentNode, ...] = ()
    edges: tuple[DocumentEdge, ...] = ()
    description: str = ""
    settings: FlowSettings = FlowSettings()

    def node(self, node_id: str) -> DocumentNode | None:
        """The first node of that id, or None."""
        return next((node for node in self.nodes if node.id == node_id), None)
