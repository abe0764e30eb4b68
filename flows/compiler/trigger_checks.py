"""What a trigger listens to, and what its payload looks like."""

from collections.abc import Iterator

from flows.compiler.environment import CompileEnvironment
from flows.compiler.findings import Finding
from flows.graph.document import DocumentNode
from flows.sdk.config import NodeConfig
from flows.sdk.fields import Suggestions
from flows.sdk.node import TriggerNode
from flows.sdk.shapes import Shape
from flows.sdk.triggers import EventTrigger, TriggerSpec

ANY_PAYLOAD = Shape.object({}, is_open=True)


def _spec(trigger: TriggerNode, config: NodeConfig) -> TriggerSpec | None:
    try:
        return trigger.listens_to(config)
    except Exception:  # noqa: BLE001  # a stranger's node type may raise anything; it is named where it is compiled
        return None


def payload_shape(trigger: TriggerNode, config: NodeConfig, environment: CompileEnvironment) -> Shape:
    """What the payload of the trigger looks like; an open object when nobody knows."""
    own = trigger.payload_shape(config)
    if own is not None:
        return own
    spec = _spec(trigger, config)
    known = environment.event_type(spec.event_type) if isinstance(spec, EventTrigger) else None
    return known.shape if known else ANY_PAYLOAD


def check_trigger(
    drawn: DocumentNode,
    trigger: TriggerNode,
    config: NodeConfig,
    environment: CompileEnvironment,
    suggestions: Suggestions,
) -> Iterator[Finding]:
    """What is wrong with what the trigger listens to."""
    spec = _spec(trigger, config)
    if spec is None:
        message = f"The node type “{drawn.type}” does not say what it listens to."
        yield Finding("node_type_failed", message, node=drawn.id)
    if not isinstance(spec, EventTrigger):
        return
    yield from _asked_of_the_platform(drawn, spec, environment)
    if environment.event_type(spec.event_type) is not None:
        return
    near = suggestions.nearest(spec.event_type, environment.event_type_names())
    yield Finding(
        "unknown_event_type",
        f"There is no event type “{spec.event_type}”.",
        hint=f"Did you mean “{near}”?" if near else "Choose one, or define it first.",
        node=drawn.id,
        field=trigger.event_field,
        suggestion=near,
    )


def _asked_of_the_platform(
    drawn: DocumentNode, spec: EventTrigger, environment: CompileEnvironment
) -> Iterator[Finding]:
    for asked in spec.among:
        if asked.platform_field and environment.owner_id is not None:
            yield Finding(
                "platform_only",
                f"Only the platform's flows ask for a {asked.told}; this one hears of its own tenant alone.",
                hint="Leave it empty.",
                node=drawn.id,
                field=asked.platform_field,
            )
