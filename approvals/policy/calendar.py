"""Business time: the minutes of a week that count, in the zone of whoever works."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HORIZON = timedelta(days=3_660)
"""How far is looked for open hours. What lies beyond never comes."""
Hours = tuple[int, int]
"""From and until which minute of the day, by the clock on the wall; the second is not included, at most 1440."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open hours for each weekday, Monday first, in order and apart from one another; closed on holidays.

    A moment is open when the clock on the wall shows open hours: an hour that a clock change repeats counts
    twice, one that it leaves out not at all.
    """

    zone: str
    week: tuple[tuple[Hours, ...], ...]
    holidays: frozenset[date] = frozenset()

    def add(self, start: datetime, duration: timedelta) -> datetime | None:
        """The first moment at which `duration` of open time has passed since `start`, in UTC; None: never."""
        left = duration
        end = start.astimezone(UTC) + HORIZON
        for begin, until in self._open_from(start.astimezone(UTC)):
            if begin > end:
                break
            if until - begin >= left:
                return begin + left
            left -= until - begin
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time from `start` to `end`; nothing when `end` is not later."""
        total, end = timedelta(), end.astimezone(UTC)
        for begin, until in self._open_from(start.astimezone(UTC)):
            if begin >= end:
                break
            total += min(until, end) - begin
        return total

    def _open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open times from `start` on, cut at `start`, in UTC and in order."""
        zone = ZoneInfo(self.zone)
        day = start.astimezone(zone).date()
        last = day + HORIZON + _DAY
        while day <= last:
            if self.week[day.weekday()] and day not in self.holidays:
                for begin, until in self._open_on(day, zone):
                    if until > start:
                        yield max(begin, start), until
            day += _DAY

    def _open_on(self, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        midnight = datetime.combine(day, time())
        for begin, until, offset in _even_parts(day, zone):
            for first, last in self.week[day.weekday()]:
                opens = (midnight + timedelta(minutes=first) - offset).replace(tzinfo=UTC)
                closes = (midnight + timedelta(minutes=last) - offset).replace(tzinfo=UTC)
                if max(opens, begin) < min(closes, until):
                    yield max(opens, begin), min(closes, until)


def _even_parts(day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The day in UTC, in parts between which the clock on the wall is changed."""
    begin = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + _DAY, time(), zone).astimezone(UTC)
    before, after = _offset(begin, zone), _offset(end - timedelta(seconds=1), zone)
    if before == after:
        yield begin, end, before
        return
    change = _change(begin, end, zone)
    yield begin, change, before
    yield change, end, after


def _change(begin: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """When the offset at `begin` ends, to the second."""
    low, high = 0, int((end - begin).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        moved = _offset(begin + timedelta(seconds=middle), zone) != _offset(begin, zone)
        low, high = (low, middle) if moved else (middle, high)
    return begin + timedelta(seconds=high)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
