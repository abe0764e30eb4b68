"""When jobs run: ticks of their schedules, deadlines, and pauses between attempts. No database."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from common.problems import bad_value
from flows.services.schedules import next_fire
from jobs.models import Job

CRONS: Final = {
    Job.Interval.MINUTELY: "* * * * *",
    Job.Interval.HOURLY: "0 * * * *",
    Job.Interval.DAILY: "0 0 * * *",
    Job.Interval.WEEKLY: "0 0 * * 1",
    Job.Interval.MONTHLY: "0 0 1 * *",
    Job.Interval.YEARLY: "0 0 1 1 *",
}
SECONDS: Final = {
    Job.Interval.MINUTELY: 60,
    Job.Interval.HOURLY: 3_600,
    Job.Interval.DAILY: 86_400,
    Job.Interval.WEEKLY: 604_800,
    Job.Interval.MONTHLY: 2_629_743,
    Job.Interval.YEARLY: 31_556_926,
}
SCHEDULE_TYPES: Final = {
    Job.Interval.CUSTOM: "custom",
    Job.Interval.MINUTELY: "minutly",
    Job.Interval.HOURLY: "hourly",
    Job.Interval.DAILY: "daily",
    Job.Interval.WEEKLY: "weekly",
    Job.Interval.MONTHLY: "monthly",
    Job.Interval.YEARLY: "yearly",
}
"""What a run started by a tick says as its `schedule_type`: MultiFlexi's words, as it writes them."""

UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
MOST_GAP_SECONDS: Final = 30 * 86_400
_OFFSET: Final = re.compile(r"\+([0-9]{1,6})([smhdw])")
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def cron_of(job: Job) -> str:
    """The cron line of the job's schedule; empty when it has none."""
    return job.cron if job.interval == Job.Interval.CUSTOM else CRONS.get(Job.Interval(job.interval), "")


def next_tick(job: Job, after: datetime) -> datetime | None:
    """The first tick of the job's schedule after a moment; None when it has none, or no more."""
    cron = cron_of(job)
    if not cron or not job.is_enabled or job.deleted_at is not None:
        return None
    try:
        return next_fire(cron, job.zone, after)
    except StopIteration:
        return None


def check_schedule(job: Job) -> None:
    """Refuse a schedule that cannot be kept.

    Raises:
        Problem: 400 `bad_cron`, `bad_zone`, `bad_deadline`.
    """
    if job.zone not in available_timezones():
        hint = "Such as Europe/Prague or UTC."
        raise bad_value("bad_zone", f"There is no time zone {job.zone!r}.", hint=hint, field="zone")
    if job.interval == Job.Interval.CUSTOM:
        try:
            next(CronSim(job.cron, datetime.now(ZoneInfo(job.zone))))
        except (CronSimError, StopIteration):
            hint = "Five fields: minute, hour, day of the month, month, day of the week."
            raise bad_value(
                "bad_cron", "This is no cron line that ever comes.", hint=hint, field="cron"
            ) from None
    if job.deadline and not (_OFFSET.fullmatch(job.deadline) or _CLOCK.fullmatch(job.deadline)):
        hint = "Write +3h for three hours after the time wanted, or 08:00 for that time of the day."
        raise bad_value("bad_deadline", "The deadline cannot be read.", hint=hint, field="deadline")


def deadline_of(job: Job, wanted: datetime) -> datetime | None:
    """Until when a run that is wanted for a moment must have succeeded; None: no limit."""
    if offset := _OFFSET.fullmatch(job.deadline):
        return wanted + timedelta(seconds=int(offset[1]) * UNITS[offset[2]])
    if clock := _CLOCK.fullmatch(job.deadline):
        local = wanted.astimezone(ZoneInfo(job.zone))
        until = datetime.combine(local.date(), time(int(clock[1]), int(clock[2])), local.tzinfo)
        if until <= local:
            until = datetime.combine(local.date() + timedelta(days=1), until.timetz())
        return until.astimezone(UTC)
    return None


def gap_after(job: Job, attempts: int) -> timedelta | None:
    """The pause after so many attempts that failed; None: there is no further one."""
    if attempts >= job.max_attempts or job.backoff == Job.Backoff.NONE:
        return None
    factor = {Job.Backoff.LINEAR: attempts, Job.Backoff.EXPONENTIAL: 2 ** min(attempts, 30)}
    seconds = job.min_gap_seconds * factor.get(Job.Backoff(job.backoff), 1)
    return timedelta(seconds=min(seconds, MOST_GAP_SECONDS))
