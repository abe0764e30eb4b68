"""Reschedule: let a job run again later, change its schedule, or retry it with growing pauses."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from flows.sdk import (
    Emit,
    FieldPath,
    JsonObject,
    Kind,
    Node,
    NodeConfig,
    NodeContext,
    NodeError,
    NodeMeta,
    Port,
    Record,
    Shape,
    TemplateText,
    node,
    ui,
    with_value,
)
from flows.sdk.summaries import joined, plain
from flows.sdk.times import ZoneName, checked_cron, moment_in_zone
from flows.services.schedules import next_fire
from jobs.models import Job, JobRun
from jobs.node_support import acting, job_called, told_as_node_error
from jobs.services.jobs import change_job
from jobs.services.launching import Launch, launch

UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
LONGEST_SECONDS = 366 * 86_400
MOST_REPEATS = 50
_DELAY = re.compile(r"(\d{1,9})([smhdw]?)")


def delay_seconds(text: str) -> int:
    """Seconds of a delay such as `90`, `30m`, `6h`, `2d` or `1w`.

    Raises:
        ValueError: it is none, or longer than a year.
    """
    match = _DELAY.fullmatch(text.strip())
    if match is None:
        raise ValueError("Write a number and a unit: 30m, 6h, 2d or 1w. Without a unit it counts seconds.")
    seconds = int(match[1]) * UNITS[match[2] or "s"]
    if seconds > LONGEST_SECONDS:
        raise ValueError("Write at most 366d.")
    return seconds


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _checked_delay(text: str) -> str:
    if "{{" not in text:
        delay_seconds(text)
    return text


class RescheduleConfig(NodeConfig):
    """Which job, and when."""

    job: TemplateText = ui(
        "{{ runtemplate_id }}",
        label="Job",
        help="Its name or id. The events of jobs have the id in runtemplate_id.",
        min_length=1,
    )
    mode: Literal["delay", "at", "cron", "retry"] = ui(
        "delay",
        label="When",
        choices={
            "delay": "After a delay",
            "at": "At a time",
            "cron": "By a cron line",
            "retry": "Again after a failure, with growing pauses",
        },
    )
    delay: Annotated[TemplateText, BeforeValidator(_as_text), AfterValidator(_checked_delay)] = ui(
        "1h",
        label="Delay",
        help="A number of minutes, hours, days or weeks: 30m, 6h, 2d or 1w. Without a unit it counts seconds.",
        depends_on={"mode": ["delay", "retry"]},
    )
    repeats: Annotated[int, Field(ge=1, le=MOST_REPEATS)] = ui(
        1,
        label="How often",
        help="Once, or several times with the delay between them.",
        depends_on={"mode": ["delay"]},
    )
    time: TemplateText = ui(
        "",
        label="Time",
        help="22:30 is the next time that it is half past ten in the evening. Or a date: 2026-03-01 08:00.",
        placeholder="22:30",
        depends_on={"mode": ["at"]},
    )
    cron: TemplateText = ui(
        "",
        label="Cron line",
        help="Minute, hour, day of month, month, day of week.",
        placeholder="0 3 * * *",
        depends_on={"mode": ["cron"]},
    )
    permanent: bool = ui(
        True,
        label="Keep it as the job's schedule",
        help="Otherwise it runs once, at the next such time. The audit trail keeps the schedule that it had.",
        depends_on={"mode": ["cron"]},
    )
    zone: ZoneName = ui("UTC", label="Time zone", max_length=64, depends_on={"mode": ["at", "cron"]})
    backoff: Literal["fixed", "linear", "exponential"] = ui(
        "exponential",
        label="Pauses",
        choices={
            "fixed": "Always the delay",
            "linear": "The delay times the number of failures",
            "exponential": "The delay, doubled with each failure",
        },
        depends_on={"mode": ["retry"]},
    )
    most: Annotated[int, Field(ge=1, le=1000)] = ui(
        3,
        label="Failures in a row at most",
        help="With so many it is given up, and the run goes on behind that port.",
        depends_on={"mode": ["retry"]},
    )
    as_field: FieldPath | None = ui(
        None, label="As field", help="Where the new time and the number of failures are saved. Optional."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> "RescheduleConfig":
        if self.mode == "at" and not self.time.strip():
            raise ValueError("Write the time at which it runs.")
        if self.mode == "cron" and "{{" not in self.cron:
            checked_cron(self.cron)
        return self


@node
class Reschedule(Node):
    """Puts runs in line, once however often the step is repeated."""

    meta = NodeMeta(
        type="reschedule",
        kind=Kind.ACTION,
        label="Reschedule",
        summary="Let a job run again later, or change its schedule.",
        icon="calendar",
        unset="No job chosen",
        ports=(Port("out", "Rescheduled"), Port("given_up", "Given up")),
        durable=True,
        blocking=True,
    )
    Config = RescheduleConfig

    def summary(self, config: RescheduleConfig) -> str:
        match config.mode:
            case "delay":
                return joined("in", config.delay)
            case "at":
                return joined("at", config.time)
            case "cron":
                return plain(config.cron)
        return joined("retry after", config.delay)

    def fields(self, config: RescheduleConfig, upstream: Shape) -> Mapping[str, Shape]:
        """The record, with what was decided when a field for it is named."""
        if not config.as_field:
            return {"out": upstream, "given_up": upstream}
        told = {"at": Shape.moment("The next time"), "failures": Shape.integer("Failures in a row so far")}
        shape = upstream.with_field(config.as_field, Shape.object(told))
        return {"out": shape, "given_up": shape}

    def run(self, ctx: NodeContext, config: RescheduleConfig, record: Record) -> Emit:
        """Put it in line.

        Raises:
            NodeError: `unknown_job`, `several_jobs`, `bad_delay`, `bad_time`, `bad_cron`, `switched_off`.
        """
        job, now = job_called(ctx, config.job, "job"), ctx.clock.now()
        if config.mode == "cron" and config.permanent:
            return self._change(ctx, config, record, job)
        failures = _failures(job) if config.mode == "retry" else 0
        if config.mode == "retry" and failures >= config.most:
            ctx.log.warning(f"{job.name!r} failed {failures} times in a row: given up.")
            return Emit("given_up", _with(record, config, None, failures))
        times = _times(config, now, failures)
        for place, at in enumerate(times):
            how = Launch(
                key=f"{ctx.idempotency_key}:{place}",
                at=at,
                schedule_type="reschedule",
                reason=f"Rescheduled after {failures} failures" if failures else "Rescheduled by a flow",
            )
            with told_as_node_error("job"):
                launch(actor=acting(ctx), job=job, how=how)
            ctx.log.info(f"{job.name!r} runs again at {at.isoformat(timespec='seconds')}.")
        return Emit("out", _with(record, config, times[0], failures))

    def _change(self, ctx: NodeContext, config: RescheduleConfig, record: Record, job: Job) -> Emit:
        cron = _cron(config.cron)
        with told_as_node_error("cron"):
            changed = change_job(
                actor=acting(ctx), job=job, interval=Job.Interval.CUSTOM.value, cron=cron, zone=config.zone
            )
        ctx.log.info(f"{job.name!r} runs by {cron} ({config.zone}) from now on.")
        return Emit("out", _with(record, config, changed.next_at, 0))

    def preview(self, config: RescheduleConfig, record: Record) -> JsonObject:
        when = {"delay": config.delay, "at": config.time, "cron": config.cron, "retry": config.delay}
        return {"job": config.job, "mode": config.mode, "when": when[config.mode]}


def _times(config: RescheduleConfig, now: datetime, failures: int) -> list[datetime]:
    if config.mode == "at":
        moment = moment_in_zone(config.time, config.zone, now)
        if moment is None:
            hint = "A time looks like 22:30, 2026-03-01 or 2026-03-01 08:00."
            raise NodeError("bad_time", f"{config.time[:80]!r} is no time.", hint=hint, field="time")
        return [moment]
    if config.mode == "cron":
        return [next_fire(_cron(config.cron), config.zone, now)]
    seconds = _seconds(config.delay)
    if config.mode == "retry":
        factor = {"linear": max(1, failures), "exponential": 2 ** min(max(0, failures - 1), 30)}
        seconds = min(seconds * factor.get(config.backoff, 1), LONGEST_SECONDS)
        return [now + timedelta(seconds=seconds)]
    return [now + timedelta(seconds=seconds * count) for count in range(1, config.repeats + 1)]


def _seconds(text: str) -> int:
    try:
        return delay_seconds(text)
    except ValueError as error:
        raise NodeError("bad_delay", f"{text[:80]!r} is no delay.", hint=str(error), field="delay") from error


def _cron(text: str) -> str:
    try:
        return checked_cron(text)
    except ValueError as error:
        raise NodeError(
            "bad_cron", f"{text[:80]!r} is no cron line.", hint=str(error), field="cron"
        ) from error


def _failures(job: Job) -> int:
    """How many of the job's newest runs that ended have failed, in a row."""
    ended = job.runs.filter(state__in=(JobRun.State.SUCCEEDED, JobRun.State.FAILED)).order_by(
        "-ended_at", "-id"
    )
    count = 0
    for state in ended.values_list("state", flat=True)[:1001]:
        if state == JobRun.State.SUCCEEDED:
            break
        count += 1
    return count


def _with(record: Record, config: RescheduleConfig, at: datetime | None, failures: int) -> Record:
    if not config.as_field:
        return record
    told = {"at": at.isoformat() if at else None, "failures": failures}
    return with_value(record, config.as_field, told)
