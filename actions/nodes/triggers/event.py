"""Event: something happened on the platform, or another system told so."""

from flows.sdk import (
    Condition,
    EventName,
    EventTrigger,
    FieldPath,
    Kind,
    NodeConfig,
    NodeMeta,
    Shape,
    TriggerKind,
    TriggerNode,
    node,
    ui,
)
from flows.sdk.comparison import OPERATIONS
from flows.sdk.conditions import (
    OPERATION_LABELS,
    OPERATIONS_WITH_CASE,
    OPERATIONS_WITH_VALUE,
    OperationName,
    comparison_text,
    condition_problem,
)


class EventCondition(NodeConfig):
    """One comparison that the payload must meet."""

    field: FieldPath = ui(label="Field", help="A field of the event.", placeholder="status")
    operation: OperationName = ui("=", label="Operation", widget="select", choices=OPERATION_LABELS)
    value: str = ui(
        "",
        label="Value",
        max_length=1000,
        depends_on={"operation": OPERATIONS_WITH_VALUE},
        placeholder="online",
    )
    ignore_case: bool = ui(
        False,
        label="Ignore case",
        help="Upper and lower case letters of texts are the same.",
        widget="switch",
        depends_on={"operation": OPERATIONS_WITH_CASE},
    )


class EventConfig(NodeConfig):
    """Which events."""

    event: EventName = ui(
        label="Event type",
        help="The flow runs once for each event of this type.",
        widget="event-type",
        placeholder="server.created",
    )
    condition: EventCondition | None = ui(
        None,
        label="Only when",
        help="Events that do not meet the condition start no run; the event shows why.",
    )


def _condition(drawn: EventCondition) -> Condition:
    ignore_case = drawn.ignore_case and OPERATIONS[drawn.operation].takes_case
    return Condition(drawn.field, drawn.operation, drawn.value, ignore_case)


@node
class Event(TriggerNode):
    meta = NodeMeta(
        type="event",
        kind=Kind.TRIGGER,
        label="Event",
        summary="Start when an event of a type arrives.",
        icon="bolt",
        unset="No event type chosen",
    )
    Config = EventConfig
    starts_by = TriggerKind.EVENT

    def summary(self, config: EventConfig) -> str:
        only = config.condition
        if only is None or not config.event:
            return config.event or ""
        return f"{config.event}, {comparison_text(only.field, only.operation, only.value)}"

    def listens_to(self, config: EventConfig) -> EventTrigger:
        """Events of the type that meet the condition."""
        only = config.condition
        condition = _condition(only) if only else None
        return EventTrigger(config.event, condition)

    def check(self, config: EventConfig, upstream: Shape) -> list[tuple[str, str, str]]:
        """A condition whose value can never be compared with the field."""
        if config.condition is None:
            return []
        only = config.condition
        problem = condition_problem(upstream.at(only.field), only.field, only.operation, only.value)
        return [("condition.value", *problem)] if problem else []
