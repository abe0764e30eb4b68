"""Times as people write them: cron lines, time zones, and moments read on the clock of a zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator

from flows.sdk.value_readers import read_moment

CRON_FIELDS = 5
A_LEAP_DAY_EARLIER = datetime(2024, 3, 1, tzinfo=UTC)

_TIME_OF_DAY = re.compile(r"\d\d:\d\d(:\d\d)?")


def checked_cron(text: str) -> str:
    """The cron line with single spaces.

    Raises:
        ValueError: it has not five fields, is wrong, or names a time that never comes.
    """
    line = " ".join(text.split())
    if len(line.split(" ")) != CRON_FIELDS:
        raise ValueError(
            "Write five fields: minute, hour, day of month, month, day of week. Example: 0 3 * * 1."
        )
    try:
        next(CronSim(line, A_LEAP_DAY_EARLIER))
    except CronSimError as error:
        raise ValueError(
            f"This is not a cron line: {error}. Example: 0 3 * * 1 is Mondays at 03:00."
        ) from error
    except StopIteration as error:
        raise ValueError("This time never comes.") from error
    return line


def checked_zone(text: str) -> str:
    """The name of a time zone.

    Raises:
        ValueError: the IANA list has no such zone.
    """
    if text not in available_timezones():
        raise ValueError("Write a time zone of the IANA list, such as Europe/Prague or UTC.")
    return text


CronLine = Annotated[str, AfterValidator(checked_cron)]
ZoneName = Annotated[str, AfterValidator(checked_zone)]


def moment_in_zone(text: str, zone: str, now: datetime) -> datetime | None:
    """The moment that a text names on the clock of a zone, in UTC; None when it names none.

    Args:
        text: a time of day (the next such time), a date (its midnight), or both; an offset of its own goes before
            the zone.
        now: aware.
    """
    clock, text = ZoneInfo(zone), text.strip()
    if _TIME_OF_DAY.fullmatch(text):
        return _next_time_of_day(text, now.astimezone(clock))
    if read_moment(text) is None:
        return None
    moment = datetime.fromisoformat(text.upper())
    return (moment if moment.tzinfo else moment.replace(tzinfo=clock)).astimezone(UTC)


def _next_time_of_day(text: str, here: datetime) -> datetime | None:
    try:
        wanted = time.fromisoformat(text)
    except ValueError:
        return None
    today = _at(here.date(), wanted, here)
    return today if today > here else _at(here.date() + timedelta(days=1), wanted, here)


def _at(day: date, wanted: time, here: datetime) -> datetime:
    return datetime.combine(day, wanted, tzinfo=here.tzinfo).astimezone(UTC)
