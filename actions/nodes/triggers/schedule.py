"""Schedule: starts at the times of a cron line in a time zone."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim

from flows.sdk import Kind, NodeConfig, NodeMeta, ScheduleTrigger, Shape, TriggerKind, TriggerNode, node, ui
from flows.sdk.summaries import joined
from flows.sdk.times import CronLine, ZoneName


class ScheduleConfig(NodeConfig):
    """When to start."""

    cron: CronLine = ui(
        "0 3 * * *",
        label="Times",
        help="Minute, hour, day of month, month, day of week. Example: */15 * * * * is every 15 minutes.",
        placeholder="0 3 * * *",
        max_length=200,
    )
    zone: ZoneName = ui(
        "UTC",
        label="Time zone",
        help="The clock that the times are read from. When it changes, a fixed time fires once that day.",
        placeholder="Europe/Prague",
        max_length=64,
    )
    overlap: Literal["allow", "skip"] = ui(
        "allow",
        label="While the last run is still open",
        choices={"allow": "Start beside it", "skip": "Leave this time out"},
    )
    catch_up: Literal["none", "one"] = ui(
        "none",
        label="After a standstill",
        help="What happens to times that passed while nothing was running.",
        choices={"none": "Leave the missed times out", "one": "Start once for all of them"},
    )


@node
class Schedule(TriggerNode):
    meta = NodeMeta(
        type="schedule",
        kind=Kind.TRIGGER,
        label="Schedule",
        summary="Start at set times.",
        icon="clock",
        unset="No times set",
    )
    Config = ScheduleConfig
    starts_by = TriggerKind.SCHEDULE

    def summary(self, config: ScheduleConfig) -> str:
        return joined(config.cron, config.zone)

    def listens_to(self, config: ScheduleConfig) -> ScheduleTrigger:
        return ScheduleTrigger(config.cron, config.zone, config.overlap, config.catch_up)

    def payload_shape(self, config: ScheduleConfig) -> Shape:
        """When the run was due, and how late it is."""
        return Shape.object(
            {
                "scheduled_at": Shape.moment("When the run was due"),
                "zone": Shape.string("Time zone of the schedule"),
                "late_seconds": Shape.number("Seconds between that time and the start"),
            }
        )

    def next_times(self, config: ScheduleConfig, after: datetime, count: int = 5) -> list[datetime]:
        """The next times at which it starts, in its zone."""
        times = CronSim(config.cron, after.astimezone(ZoneInfo(config.zone)))
        return [moment for _, moment in zip(range(count), times, strict=False)]
