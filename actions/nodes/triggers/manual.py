"""Manual: a person or an API client starts the flow with a payload."""

from flows.sdk import (
    ExampleRecord,
    Kind,
    ManualTrigger,
    NodeConfig,
    NodeMeta,
    Shape,
    TriggerKind,
    TriggerNode,
    node,
    record_shape,
    ui,
)


class ManualConfig(NodeConfig):
    """What the payload looks like."""

    example: ExampleRecord = ui(
        "",
        label="Example payload",
        help="Paste a JSON object. Its fields become known to the nodes that follow.",
        widget="json",
        placeholder='{"hostname": "web-1"}',
    )


@node
class Manual(TriggerNode):
    meta = NodeMeta(
        type="manual",
        kind=Kind.TRIGGER,
        label="Manual start",
        summary="Start the flow by hand or through the API, with a payload.",
        icon="player-play",
    )
    Config = ManualConfig
    starts_by = TriggerKind.MANUAL

    def summary(self, config: ManualConfig) -> str:
        return "By hand or through the API"

    def listens_to(self, config: ManualConfig) -> ManualTrigger:
        return ManualTrigger()

    def payload_shape(self, config: ManualConfig) -> Shape:
        """The fields of the example; an open record without one."""
        return record_shape(config.example)
