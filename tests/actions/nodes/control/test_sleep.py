"""Sleep."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from actions.nodes.control.sleep import Sleep
from flows.sdk import Emit, NodeError, Shape, Suspend
from flows.sdk.testing import configured, run_node

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def until(value):
    return run_node(Sleep, {"mode": "until", "until": "at"}, {"at": value})


@pytest.mark.parametrize(("text", "seconds"), [("250ms", 0.25), ("30s", 30), ("6h", 21_600), ("2d", 172_800)])
def test_it_waits_as_long_as_it_says(text, seconds):
    answer = run_node(Sleep, {"duration": text})
    assert answer == Suspend("sleep", until=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "value", ["2026-01-16T00:00:00Z", "2026-01-16T01:00:00+01:00", "2026-01-16", "2026-01-16T00:00:00"]
)
def test_it_waits_until_the_date_in_the_record(value):
    assert until(value).until == datetime(2026, 1, 16, tzinfo=UTC)


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
