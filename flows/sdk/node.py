"""The base classes of node types, and the decorator that registers them."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from flows.sdk.choices import Choice
from flows.sdk.config import NodeConfig
from flows.sdk.config_fields import config_of
from flows.sdk.context import NodeContext
from flows.sdk.json_types import Json, JsonObject, Record
from flows.sdk.meta import Kind, NodeMeta
from flows.sdk.registry import Registry
from flows.sdk.results import Emit, Result, Wake
from flows.sdk.shapes import Shape
from flows.sdk.triggers import TriggerKind, TriggerSpec

ERROR_SHAPE = Shape.object(
    {
        "code": Shape.string("What went wrong, in snake case"),
        "message": Shape.string("One sentence"),
        "hint": Shape.string("What to do about it"),
        "field": Shape.string("The config field at fault"),
        "node": Shape.string("The name of the node that failed"),
    }
)


class Node:
    """A node type. One instance serves all nodes of the type, so it keeps no state.

    `Config` values reach `run` rendered: a `TemplateText` field holds the text, no longer the template.
    """

    meta: ClassVar[NodeMeta]
    Config: ClassVar[type[NodeConfig]] = NodeConfig

    def fields(self, config: Any, upstream: Shape) -> Mapping[str, Shape]:
        """What the record looks like behind each port, from the config as drawn (templates not rendered).

        The default says that every port passes the record on. `error` need not be given.
        """
        return {port.name: upstream for port in self.meta.ports}

    def check(self, config: Any, upstream: Shape) -> list[tuple[str, str, str]]:
        """Problems that only this type can see, as (field, message, hint); called on valid configs."""
        return []

    def warnings(self, config: Any, owner_id: int | None) -> list[tuple[str, str, str]]:
        """What may be published and yet cannot work as the installation is set up now, as (field, message, hint).

        Asked with the config as drawn, and in a dry run with the rendered one. Field `""`: the whole node.

        Args:
            owner_id: the tenant that owns the flow; None for the platform.
        """
        return []

    def upgrade(self, version: int, config: JsonObject) -> JsonObject:
        """Lift a config that was drawn for an older `version` of the type to the present one."""
        return config

    def run(self, ctx: NodeContext, config: Any, record: Record) -> Result | Awaitable[Result]:
        """Do the work. Plain or `async`.

        Raises:
            NodeError: the work could not be done.
        """
        raise NotImplementedError

    def resume(self, ctx: NodeContext, config: Any, record: Record, wake: Wake) -> Result | Awaitable[Result]:
        """Go on after a `Suspend`: its time has come and it has no `on_time`, or an answer came for its review or
        callback. Look again, and suspend again or answer.

        It is called again, with the same `wake`, when it fails in a way that may pass, or when the worker dies in
        it: what it does must bear repeating.

        Raises:
            NodeError: the work could not be done. One that is `retryable` is tried again as the node's settings say,
                counted since the last time that it went well.
        """
        raise NotImplementedError

    def stop(
        self, ctx: NodeContext, config: Any, record: Record, detail: Mapping[str, Json]
    ) -> Awaitable[None] | None:
        """End what goes on outside: the run was cancelled while it waited. For types whose `meta.stops` is set;
        `async`, or plain when `meta.blocking`.

        Args:
            detail: what the node left in its last `Suspend`.

        Raises:
            NodeError: it could not be ended. The log of the run says so, and the run is cancelled all the same.
        """

    def choices(
        self, name: str, ctx: NodeContext, config: JsonObject, search: str
    ) -> Sequence[Choice] | Awaitable[Sequence[Choice]]:
        """The list for a field with `ui(choices_from=…)`, asked while somebody fills in the form. `async`, or plain
        when `meta.blocking`.

        Args:
            name: the field, as a dotted path without the places in lists: `labels`, `custom_fields.field`.
            config: as drawn and half filled; the fields that `choices_from` names are there, and hold no template.
                The credentials that it names are opened.
            search: what the person typed; empty for the beginning of the list.

        Raises:
            NodeError: there is no list to be had; the person reads message and hint beside the field.
        """
        return ()

    def preview(self, config: Any, record: Record) -> Json:
        """What a dry run shows instead of doing it: plain JSON that says what would have been done."""
        return None

    def summary(self, config: Any) -> str:
        """The line under the node's name on the canvas, such as `ram ≥ 8192`; empty when there is nothing to tell.

        The config is as drawn and may be half filled: a field that is wrong has its default, a required one None.
        Tell no more of a value than people may see who cannot open the node.
        """
        return ""

    def dry_run_result(self, config: Any, record: Record) -> Emit:
        """What a dry run goes on with, for a type that is not run in one."""
        return Emit(self.meta.ports[0].name, record)


class TriggerNode(Node):
    """A node without input. It has no `run`: it says what it listens to."""

    starts_by: ClassVar[TriggerKind]
    """The kind of what `listens_to` gives, known without a config."""

    @property
    def event_field(self) -> str | None:
        """The config field in which people choose the event type; None when there is nothing to choose."""
        fields = config_of(self.Config).fields.values()
        return next((field.name for field in fields if field.chooses_event), None)

    def listens_to(self, config: Any) -> TriggerSpec:
        raise NotImplementedError

    def payload_shape(self, config: Any) -> Shape | None:
        """What the payload looks like, when the node knows better than the event type."""
        return None


node_types: Registry[Node] = Registry("node type")

NodeClass = TypeVar("NodeClass", bound=type[Node])


def node(cls: NodeClass) -> NodeClass:
    """Register a node type under its `meta.type`."""
    if issubclass(cls, TriggerNode) is not (cls.meta.kind is Kind.TRIGGER):
        raise TypeError(
            f"{cls.__name__} is of kind {cls.meta.kind}: triggers, and only they, derive from TriggerNode."
        )
    if issubclass(cls, TriggerNode) and not hasattr(cls, "starts_by"):
        raise TypeError(f"{cls.__name__} does not say how it starts runs: set `starts_by` to a TriggerKind.")
    node_types.register(cls.meta.type, cls(), f"{cls.__module__}.{cls.__qualname__}")
    return cls
