"""A flow version compiled for the engine: everything resolved, nothing left to look up while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from flows.expressions.budget import Budget
from flows.expressions.slots import CompiledSlot
from flows.graph.settings import FlowSettings
from flows.sdk import Node, NodeConfig, NodeMeta, Record, TriggerNode, TriggerSpec
from flows.sdk.config_fields import NamedCredential
from flows.sdk.retry import NO_RETRY, Retry

DEFAULT_TIMEOUT_SECONDS = 60.0


class RenderableConfig(Protocol):
    """A config whose templates are compiled."""

    @property
    def drawn(self) -> NodeConfig:
        """The config as drawn, templates not rendered."""

    def render(self, record: Record, budget: Budget | None = None) -> NodeConfig:
        """The config with its templates rendered from the record, within a budget of work.

        Raises:
            NodeError: a template cannot be rendered; the error names the config field.
        """


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """A node, resolved. `next` holds the ids behind each port, in edge order; `credentials` what its config names."""

    id: str
    name: str
    type: str
    node: Node
    config: RenderableConfig
    next: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    retry: Retry = NO_RETRY
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    credentials: tuple[NamedCredential, ...] = ()

    @property
    def meta(self) -> NodeMeta:
        return self.node.meta


@dataclass(frozen=True)
class Plan:
    """A whole flow, resolved. A tree: its root is the trigger.

    `owner_id` is the tenant that owns the flow; None for the platform.
    """

    trigger_id: str
    nodes: Mapping[str, PlannedNode]
    settings: FlowSettings = field(default_factory=FlowSettings)
    subject: CompiledSlot | None = None
    """What the flow's runs are called, when it says so."""
    owner_id: int | None = None
    places: frozenset[tuple[str, int]] = frozenset()
    """Hosts and ports that its steps may reach though they are not public."""

    @property
    def trigger(self) -> TriggerSpec:
        """What starts the flow."""
        root = self.nodes[self.trigger_id]
        if not isinstance(root.node, TriggerNode):
            raise TypeError(f"{root.type} is not a trigger.")
        return root.node.listens_to(root.config.drawn)

    @cached_property
    def parent(self) -> Mapping[str, str]:
        """Which node leads to a node, by id; the trigger has none."""
        return {
            child: node.id
            for node in self.nodes.values()
            for behind in node.next.values()
            for child in behind
        }
