"""Business time, against a model that looks at every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.policy.calendar import Calendar

MINUTE = timedelta(minutes=1)
OFFICE = Calendar("Europe/Berlin", (((540, 1020),),) * 5 + ((), ()))
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo",
    "America/Santiago", "America/Havana", "Pacific/Auckland",
)  # fmt: skip


def is_open(calendar: Calendar, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    hours = calendar.week[local.weekday()]
    return local.date() not in calendar.holidays and any(begin <= minute < until for begin, until in hours)


def slow_add(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    while minutes:
        minutes -= is_open(calendar, start)
        start += MINUTE
    return start


@st.composite
def days(draw):
    edges = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
    edges = [edge * 15 for edge in edges]
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw):
    week = draw(st.lists(st.one_of(st.just(()), days()), min_size=7, max_size=7).filter(any))
    offsets = draw(st.sets(st.integers(0, 6), max_size=3))
    begin = draw(STARTS).date()
    return Calendar(
        draw(st.sampled_from(ZONES)), tuple(week), frozenset(begin + timedelta(days=one) for one in offsets)
    )


CHANGES = [
    datetime(2025, month, day, tzinfo=UTC)
    for month, day in (
        (1, 1), (3, 7), (3, 28), (4, 4), (4, 23), (9, 5), (9, 26), (10, 24), (10, 30),
    )
]  # fmt: skip
STARTS = st.builds(
    lambda near, minutes: near + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(0, 4 * 1440),
)


@settings(max_examples=80, deadline=None)
@given(calendars(), STARTS, st.integers(1, 1_500))
def test_adding_is_what_counting_open_minutes_gives(calendar, start, minutes):
    assert calendar.add(start, minutes * MINUTE) == slow_add(calendar, start, minutes)


@settings(max_examples=30, deadline=None)
@given(calendars(), STARTS, st.integers(0, 5_000))
def test_the_time_between_is_what_counting_open_minutes_gives(calendar, start, minutes):
    counted = sum(is_open(calendar, start + one * MINUTE) for one in range(minutes))
    assert calendar.between(start, start + minutes * MINUTE) == counted * MINUTE


@settings(max_examples=30, deadline=None)
@given(calendars(), STARTS, st.integers(1, 3_000), st.integers(1, 3_000))
def test_adding_twice_is_adding_once(calendar, start, first, second):
    between = calendar.add(start, first * MINUTE)
    assert calendar.add(between, second * MINUTE) == calendar.add(start, (first + second) * MINUTE)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2025-03-28T16:30+01:00", 60, "2025-03-31T09:30+02:00"),
        ("2025-03-28T17:00+01:00", 1, "2025-03-31T09:01+02:00"),
        ("2025-03-29T12:00+01:00", 480, "2025-03-31T17:00+02:00"),
        ("2025-10-24T16:59+02:00", 2, "2025-10-27T09:01+01:00"),
    ],
)
def test_a_deadline_goes_over_the_weekend_of_a_clock_change(start, minutes, end):
    assert OFFICE.add(datetime.fromisoformat(start), minutes * MINUTE) == datetime.fromisoformat(end)


def test_the_hour_that_is_left_out_is_no_working_time():
    nights = Calendar("Europe/Berlin", (((120, 240),),) * 7)
    assert nights.between(
        datetime(2025, 3, 30, tzinfo=UTC) - timedelta(hours=2), datetime(2025, 3, 30, 12, tzinfo=UTC)
    ) == timedelta(hours=1)


def test_the_hour_that_comes_twice_counts_twice():
    nights = Calendar("Europe/Berlin", (((120, 240),),) * 7)
    assert nights.between(
        datetime(2025, 10, 26, tzinfo=UTC) - timedelta(hours=2), datetime(2025, 10, 26, 12, tzinfo=UTC)
    ) == timedelta(hours=3)


def test_a_holiday_is_left_out():
    closed = Calendar("UTC", OFFICE.week, frozenset({date(2025, 12, 25)}))
    start = datetime(2025, 12, 24, 16, tzinfo=UTC)
    assert closed.add(start, timedelta(hours=2)) == datetime(2025, 12, 26, 10, tzinfo=UTC)


def test_what_lies_beyond_ten_years_never_comes():
    assert Calendar("UTC", ((),) * 7).add(datetime(2025, 1, 1, tzinfo=UTC), MINUTE) is None
