"""Sleep."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from actions.nodes.control.sleep import Sleep
from flows.expressions.configs import compile_config
from flows.sdk import Emit, NodeError, Shape, Suspend
from flows.sdk.testing import configured, run_node

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def rendered(config, record):
    return run_node(Sleep, config, record, render=lambda cls, drawn, r: compile_config(cls, drawn).render(r))


def until(value):
    return run_node(Sleep, {"mode": "until", "until": "at"}, {"at": value})


@pytest.mark.parametrize(
    ("text", "seconds"), [("250ms", 0.25), ("30s", 30), ("6h", 21_600), ("2d", 172_800), ("60", 60), (60, 60)]
)
def test_it_waits_as_long_as_it_says(text, seconds):
    answer = run_node(Sleep, {"duration": text})
    assert answer == Suspend(
        "sleep", until=NOW + timedelta(seconds=seconds), answers=("out",), countdown=True
    )


@pytest.mark.parametrize(
    "value", ["2026-01-16T00:00:00Z", "2026-01-16T01:00:00+01:00", "2026-01-16", "2026-01-16T00:00:00"]
)
def test_it_waits_until_the_date_in_the_record(value):
    assert until(value).until == datetime(2026, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("13:30", "UTC", datetime(2026, 1, 15, 13, 30, tzinfo=UTC)),
        ("12:00", "UTC", datetime(2026, 1, 16, 12, 0, tzinfo=UTC)),
        ("13:30", "Europe/Prague", datetime(2026, 1, 15, 12, 30, tzinfo=UTC)),
        ("2026-07-01", "Europe/Prague", datetime(2026, 6, 30, 22, 0, tzinfo=UTC)),
        ("2026-07-01 08:00", "Europe/Prague", datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
        ("2026-07-01T08:00:00Z", "Europe/Prague", datetime(2026, 7, 1, 8, 0, tzinfo=UTC)),
    ],
)
def test_it_waits_until_a_time_on_the_clock_of_its_zone(text, zone, expected):
    answer = run_node(Sleep, {"mode": "time", "time": text, "zone": zone})
    assert answer.until == expected


def test_length_and_time_may_come_from_the_record():
    for_a_while = {"duration": "{{ minutes }}m"}
    assert rendered(for_a_while, {"minutes": 5}).until == NOW + timedelta(minutes=5)
    until_then = {"mode": "time", "time": "{{ day }} 08:00"}
    assert rendered(until_then, {"day": "2026-01-20"}).until == datetime(2026, 1, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("config", "code", "field"),
    [
        ({"duration": "{{ x }}"}, "bad_duration", "duration"),
        ({"mode": "time", "time": "{{ x }}"}, "no_date", "time"),
    ],
)
def test_what_the_record_gives_wrongly_fails_at_its_field(config, code, field):
    with pytest.raises(NodeError) as caught:
        rendered(config, {"x": "soon"})
    assert (caught.value.code, caught.value.field) == (code, field)


def test_whether_it_can_be_ended_early_and_counts_down_is_its_own_choice():
    answer = run_node(Sleep, {"interruptible": False, "progress": False})
    assert (answer.answers, answer.countdown) == ((), False)


def test_a_date_that_has_passed_does_not_wait():
    assert until("2025-01-01") == Emit("out", {"at": "2025-01-01"})


@pytest.mark.parametrize("value", [None, "tomorrow", 5, {}, "2026-13-01"])
def test_what_is_no_date_fails(value):
    with pytest.raises(NodeError) as caught:
        until(value)
    assert (caught.value.code, caught.value.field) == ("no_date", "until")


def test_a_missing_date_fails():
    with pytest.raises(NodeError, match="no date in 'gone'"):
        run_node(Sleep, {"mode": "until", "until": "gone"}, {})


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"duration": "soon"}, "number and a unit"),
        ({"duration": "9999d"}, "at most"),
        ({"mode": "until"}, "Name the field"),
        ({"mode": "time"}, "Write the time"),
        ({"mode": "time", "time": "08:00", "zone": "Mars/Olympus"}, "IANA"),
    ],
)
def test_a_config_that_cannot_be_meant_is_refused(config, reason):
    with pytest.raises(ValidationError, match=reason):
        configured(Sleep, config)


def test_a_field_that_can_hold_no_date_is_a_problem():
    config = configured(Sleep, {"mode": "until", "until": "ram"})
    [(field, _, _)] = Sleep().check(config, Shape.object({"ram": Shape.integer()}))
    assert field == "until"
    assert Sleep().check(config, Shape.object({"ram": Shape.moment()})) == []


def test_a_dry_run_tells_how_long_it_would_wait():
    assert Sleep().preview(configured(Sleep, {"duration": "6h"}), {}) == {"sleeps_for": "6h"}
    config = configured(Sleep, {"mode": "until", "until": "at"})
    assert Sleep().preview(config, {"at": "2026-02-01"}) == {"sleeps_until": "2026-02-01T00:00:00+00:00"}
