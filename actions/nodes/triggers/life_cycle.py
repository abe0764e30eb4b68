"""Life cycle: a run, a job run or a task was queued, began or ended."""

from typing import Annotated, Literal

from pydantic import Field

from flows.sdk import (
    Among,
    EventTrigger,
    Kind,
    LifeCycleKind,
    NodeConfig,
    NodeMeta,
    TriggerKind,
    TriggerNode,
    node,
    ui,
)

EventChoice = Literal[
    "workflow_queued", "workflow_started", "workflow_succeeded", "workflow_failed", "workflow_cancelled"
]
EVENT_LABELS = {
    "workflow_queued": "is queued",
    "workflow_started": "starts",
    "workflow_succeeded": "succeeds",
    "workflow_failed": "fails",
    "workflow_cancelled": "is cancelled",
}
KIND_LABELS = {"flow": "Run of a flow", "job": "Run of a job", "task": "Task"}
KindChoice = Annotated[LifeCycleKind, Field(json_schema_extra={"x-ui": {"choices": KIND_LABELS}})]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[list[Name], Field(max_length=100)]


class LifeCycleConfig(NodeConfig):
    """Which executions, and what happens to them."""

    event: EventChoice = ui("workflow_failed", label="When it", choices=EVENT_LABELS)
    kinds: Annotated[list[KindChoice], Field(max_length=3)] = ui(
        [], label="Kinds", help="Empty: runs of flows, runs of jobs and tasks.", widget="tags"
    )
    flows: Names = ui(
        [],
        label="Flows and jobs",
        help="Names or ids; of tasks the type, such as deploy. Empty: all.",
        widget="tags",
        placeholder="Back up web-1",
    )
    tenants: Names = ui(
        [],
        label="Tenants",
        help="Names; default_tenant is the platform itself. Empty: all. Only the platform's flows hear of several.",
        widget="tags",
        placeholder="Acme",
    )


@node
class LifeCycleTrigger(TriggerNode):
    """Starts when something happens to an execution."""

    meta = NodeMeta(
        type="life-cycle",
        kind=Kind.TRIGGER,
        label="Life cycle",
        summary="Start when a run, a job run or a task is queued, starts or ends.",
        icon="activity",
    )
    Config = LifeCycleConfig
    starts_by = TriggerKind.EVENT

    def summary(self, config: LifeCycleConfig) -> str:
        kinds = " or ".join(KIND_LABELS[kind] for kind in config.kinds) or "Anything"
        return ", ".join([f"{kinds} {EVENT_LABELS[config.event]}", *config.flows, *config.tenants])

    def listens_to(self, config: LifeCycleConfig) -> EventTrigger:
        """The event, among the kinds, flows and tenants that are named."""
        asked = (
            Among("kind", ("kind",), tuple(config.kinds)),
            Among("flow", ("workflow_id", "blueprint_id"), tuple(config.flows)),
            Among("tenant", ("tenant_name",), tuple(config.tenants), platform_field="tenants"),
        )
        return EventTrigger(config.event, among=tuple(one for one in asked if one.values))
