"""Write to log: a line in the run's log, and on."""

from typing import Literal

from flows.sdk import (
    Emit,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeMeta,
    Record,
    TemplateText,
    node,
    ui,
)
from flows.sdk.summaries import plain

LONGEST = 2_000


class LogLineConfig(NodeConfig):
    """What the line says."""

    text: TemplateText = ui(label="Text", help="It may hold fields of the record.", widget="textarea")
    level: Literal["debug", "info", "warning", "error"] = ui(
        "info",
        label="Level",
        choices={"debug": "Debug", "info": "Info", "warning": "Warning", "error": "Error"},
    )


@node
class LogLine(Node):
    """Also where an error port may end that nothing else has to follow."""

    meta = NodeMeta(
        type="log-line",
        kind=Kind.CONTROL,
        label="Write to log",
        summary="Write a line into the log of the run.",
        icon="note",
        unset="No text yet",
        can_fail=False,
    )
    Config = LogLineConfig

    def summary(self, config: LogLineConfig) -> str:
        return plain(config.text or "")

    def run(self, ctx: NodeContext, config: LogLineConfig, record: Record) -> Emit:
        getattr(ctx.log, config.level)(config.text[:LONGEST])
        return Emit("out", record)

    def preview(self, config: LogLineConfig, record: Record) -> JsonObject:
        return {"level": config.level, "text": config.text[:LONGEST]}
