"""What the compiler asks the installation."""

from collections.abc import Iterable
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

    def event_type(self, name: str) -> EventType | None:
        """The event type of that name, one that a user defined included."""

    def has_credential(self, name: str) -> bool:
        """Whether the owner of the flow may use a credential of that name."""


def known_names(environment: CompileEnvironment, what: str) -> Iterable[str]:
    """The names to suggest when one is unknown; empty when the environment does not list them.

    Args:
        environment: may have `node_type_names` and `event_type_names`.
        what: `node_type` or `event_type`.
    """
    listing = getattr(environment, f"{what}_names", None)
    return listing() if callable(listing) else ()
