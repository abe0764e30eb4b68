"""What the compiler asks the installation."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from flows.sdk.events import EventType
from flows.sdk.node import Node


class CompileEnvironment(Protocol):
    """Knows the node types, event types and credentials that a flow may use."""

    @property
    def owner_id(self) -> int | None:
        """The tenant that owns the flow; None for the platform."""

    def node_type(self, name: str) -> Node | None:
        """The node type of that name."""

    def node_type_names(self) -> Iterable[str]:
        """Every node type, to suggest one when a name is unknown."""

    def event_type(self, name: str) -> EventType | None:
        """The event type of that name, one that a user defined included."""

    def event_type_names(self) -> Iterable[str]:
        """Every event type that the owner of the flow may use, to suggest one when a name is unknown."""

    @property
    def is_at_run(self) -> bool:
        """Whether it is about a published version: each step looks for its own credentials then."""

    def credentials(self) -> Mapping[str, str]:
        """The type of every credential that the owner of the flow may use, by name."""
