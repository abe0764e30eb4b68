"""The schedule trigger."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from actions.nodes.triggers.schedule import Schedule
from flows.sdk import ScheduleTrigger
from flows.sdk.testing import configured


def test_listens_to_its_cron_line_in_its_zone():
    config = configured(
        Schedule, {"cron": "0  3 * * 1", "zone": "Europe/Prague", "overlap": "skip", "catch_up": "one"}
    )
    assert Schedule().listens_to(config) == ScheduleTrigger("0 3 * * 1", "Europe/Prague", "skip", "one")


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("", "Write five fields"),
        ("* * * *", "Write five fields"),
        ("0 0 3 * * *", "Write five fields"),
        ("61 * * * *", "Bad minute"),
        ("0 0 31 2 *", "Bad day-of-month"),
        ("0 3 * * someday", "Bad day-of-week"),
        ("@daily", "Write five fields"),
    ],
)
def test_a_cron_line_that_never_fires_is_refused_with_the_reason(cron, reason):
    with pytest.raises(ValidationError, match=reason):
        configured(Schedule, {"cron": cron})


@pytest.mark.parametrize("zone", ["", "Prague", "europe/prague", "../../etc/passwd", "UTC+2"])
def test_a_zone_outside_the_iana_list_is_refused(zone):
    with pytest.raises(ValidationError, match="IANA"):
        configured(Schedule, {"zone": zone})


def test_a_leap_day_is_a_time_that_comes():
    assert configured(Schedule, {"cron": "0 0 29 2 *"}).cron == "0 0 29 2 *"


def test_the_payload_says_when_it_was_due_and_how_late_it_is():
    shape = Schedule().payload_shape(configured(Schedule, {}))
    assert list(shape.fields) == ["scheduled_at", "zone", "late_seconds"]
    assert not shape.accepts_any_field


def test_next_times_follow_the_zone_through_the_change_to_summer_time():
    config = configured(Schedule, {"cron": "0 9 * * *", "zone": "Europe/Prague"})
    times = Schedule().next_times(config, datetime(2026, 3, 28, 0, 0, tzinfo=UTC), 2)
    assert [moment.astimezone(UTC).hour for moment in times] == [8, 7]
