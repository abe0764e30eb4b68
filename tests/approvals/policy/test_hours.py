"""Calendars as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.policy.hours import BadCalendar, calendar_json, hours_text, read_calendar, read_hours

WEEK = [[[540, 1020]]] * 5 + [[], []]
PLAIN = {"zone": "Europe/Berlin", "week": WEEK, "holidays": ["2026-12-25"]}


def test_a_calendar_comes_back_as_it_was():
    assert calendar_json(read_calendar(PLAIN)) == PLAIN


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"zone": "Europe/Nowhere"}, "bad_zone"),
        ({"zone": "../etc/passwd"}, "bad_zone"),
        ({"zone": None}, "bad_zone"),
        ({"week": WEEK[:6]}, "bad_hours"),
        ({"week": [[]] * 7}, "bad_hours"),
        ({"week": [[[600, 540]], *WEEK[1:]]}, "bad_hours"),
        ({"week": [[[540, 700], [690, 800]], *WEEK[1:]]}, "bad_hours"),
        ({"week": [[[0, 1441]], *WEEK[1:]]}, "bad_hours"),
        ({"week": [[[True, 60]], *WEEK[1:]]}, "bad_hours"),
        ({"week": ["09:00", *WEEK[1:]]}, "bad_hours"),
        ({"holidays": ["25.12.2026"]}, "bad_holidays"),
        ({"holidays": [20261225]}, "bad_holidays"),
        ({"holidays": "2026-12-25"}, "bad_holidays"),
    ],
)
def test_what_makes_no_calendar_is_refused(change, code):
    with pytest.raises(BadCalendar) as refused:
        read_calendar({**PLAIN, **change})
    assert refused.value.code == code


@given(st.sets(st.integers(0, 1440), min_size=2, max_size=8))
def test_hours_are_read_as_they_are_written(edges):
    ordered = sorted(edges)
    spans = list(zip(ordered[::2], ordered[1::2], strict=False))
    assert read_hours(hours_text(spans)) == spans


@pytest.mark.parametrize("text", ["nine", "09:60-10:00", "09:00", "25:00-26:00", "-1:00-2:00", "9:5-10:00"])
def test_hours_that_are_no_hours_are_refused(text):
    with pytest.raises(ValueError, match="hours"):
        read_hours(text)
