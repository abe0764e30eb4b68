"""Times as people write them."""

from datetime import UTC, datetime

import pytest

from flows.sdk.times import checked_cron, checked_zone, moment_in_zone


def test_in_the_gap_of_a_clock_change_a_time_is_read_with_the_offset_before_it():
    now = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert moment_in_zone("2026-03-29 02:30", "Europe/Prague", now) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


def test_a_time_of_day_that_two_hours_have_is_the_first():
    now = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    assert moment_in_zone("02:30", "Europe/Prague", now) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "25:00", "8:00", "2026-02-30", "2026-01-01 8", "9999999999"])
def test_what_is_no_time_gives_none(text):
    assert moment_in_zone(text, "UTC", datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_a_cron_line_loses_spare_spaces_and_a_zone_is_known():
    assert checked_cron(" 0  3 * * 1 ") == "0 3 * * 1"
    assert checked_zone("Europe/Prague") == "Europe/Prague"


@pytest.mark.parametrize("text", ["0 3 * *", "99 3 * * *", "0 0 30 2 *"])
def test_a_cron_line_that_cannot_be_is_refused(text):
    with pytest.raises(ValueError, match=r"fields|cron line|never"):
        checked_cron(text)
