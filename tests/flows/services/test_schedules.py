"""Ticks: when they come, and that each comes once."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from flows.models import Event, Flow, Run, Trigger
from flows.services.flows import update_flow
from flows.services.schedules import fire_due, next_fire
from flows.services.versions import publish
from tests.support.flows import ADMIN, line, published, started
from tests.support.spies import spies

BERLIN = "Europe/Berlin"
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ticks(cron: str, start: str, count: int) -> list[str]:
    at, found = utc(start), []
    for _ in range(count):
        at = next_fire(cron, BERLIN, at)
        found.append(at.strftime("%d %H:%M"))
    return found


def test_a_time_in_the_gap_fires_once_right_after_it() -> None:
    assert ticks("30 2 * * *", "2026-03-28T12:00", 2) == ["29 01:00", "30 00:30"]


def test_a_time_in_the_overlap_fires_once_the_first() -> None:
    assert ticks("30 2 * * *", "2026-10-24T12:00", 2) == ["25 00:30", "26 01:30"]


@pytest.mark.parametrize(
    "inside", ["2026-10-25T00:31", "2026-10-25T01:10", "2026-10-25T01:30", "2026-10-25T01:59"]
)
def test_a_schedule_that_begins_within_the_overlap_does_not_fire_a_second_time(inside: str) -> None:
    assert ticks("30 2 * * *", inside, 1) == ["26 01:30"]


def test_every_twentieth_minute_follows_real_time_over_both_changes() -> None:
    assert ticks("*/20 * * * *", "2026-10-24T23:55", 7) == [
        "25 00:00", "25 00:20", "25 00:40", "25 01:00", "25 01:20", "25 01:40", "25 02:00",
    ]  # fmt: skip
    assert ticks("*/20 * * * *", "2026-03-29T00:35", 3) == ["29 00:40", "29 01:00", "29 01:20"]


@given(
    cron=st.sampled_from(["30 2 * * *", "*/15 * * * *", "0 2,3 * * *", "10 1-4 * * 0", "59 2 29 3 *"]),
    change=st.sampled_from(["2026-03-28T12:00", "2026-10-24T12:00"]),
    minutes=st.integers(0, 2 * 24 * 60),
)
def test_the_next_tick_is_always_later(cron: str, change: str, minutes: int) -> None:
    found = [utc(change) + timedelta(minutes=minutes)]
    for _ in range(12):
        found.append(next_fire(cron, BERLIN, found[-1]))
    assert all(earlier < later for earlier, later in pairwise(found))


@pytest.fixture(autouse=True)
def spy_nodes() -> Any:
    with spies() as registered:
        yield registered


def scheduled(**config: Any) -> Flow:
    given = {"cron": "0 * * * *", "zone": "UTC", **config}
    return published(line(("t", "schedule", given), ("a", "spy", {"name": "a"})))


def due_at(flow: Flow, moment: datetime) -> None:
    Trigger.objects.filter(flow=flow).update(next_fire_at=moment)


def fired() -> list[str]:
    return [
        event.payload["scheduled_at"] for event in Event.objects.filter(type="schedule.tick").order_by("id")
    ]


@pytest.mark.django_db(transaction=True)
def test_four_sweepers_fire_each_tick_once() -> None:
    flows = [scheduled() for _ in range(5)]
    for flow in flows:
        due_at(flow, NOON)
    begin = threading.Barrier(4)
    errors: list[Exception] = []

    def sweep() -> None:
        try:
            begin.wait()
            for hour in range(3):
                fire_due(NOON + timedelta(hours=hour, seconds=1))
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    fire_due(NOON + timedelta(hours=2, seconds=1))
    for flow in flows:
        ticks_of_flow = [run.event.payload["scheduled_at"] for run in Run.objects.filter(flow=flow)]
        assert len(ticks_of_flow) == len(set(ticks_of_flow))
        assert "2026-06-01T14:00:00Z" in ticks_of_flow
        assert Trigger.objects.get(flow=flow).next_fire_at == NOON + timedelta(hours=3)


@pytest.mark.django_db
def test_after_a_pause_no_missed_tick_fires() -> None:
    due_at(flow := scheduled(), NOON)
    assert fire_due(NOON + timedelta(hours=5, minutes=10)) == 0
    assert fired() == []
    assert Trigger.objects.get(flow=flow).next_fire_at == NOON + timedelta(hours=6)


@pytest.mark.django_db
@pytest.mark.parametrize("pause", [timedelta(hours=5), timedelta(days=400)])
def test_after_a_pause_one_missed_tick_fires_the_last(pause: timedelta) -> None:
    due_at(scheduled(catch_up="one"), NOON)
    now = NOON + pause + timedelta(minutes=10)
    assert fire_due(now) == 1
    assert fire_due(now) == 0
    assert fired() == [(NOON + pause).isoformat().replace("+00:00", "Z")]


@pytest.mark.django_db
def test_a_minute_schedule_is_cheap_to_catch_up_after_a_year() -> None:
    flow = scheduled(cron="* * * * *")
    due_at(flow, NOON)
    now = NOON + timedelta(days=365, seconds=5)
    assert fire_due(now) == 1
    assert Trigger.objects.get(flow=flow).next_fire_at == NOON + timedelta(days=365, minutes=1)


@pytest.mark.django_db
def test_a_tick_is_left_out_while_the_last_run_is_open() -> None:
    flow = scheduled(overlap="skip")
    due_at(flow, NOON)
    started(flow)
    assert fire_due(NOON) == 0
    assert Trigger.objects.get(flow=flow).next_fire_at == NOON + timedelta(hours=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("catch_up", "expected"), [("none", 0), ("one", 1)])
def test_a_flow_that_is_off_misses_its_ticks(catch_up: str, expected: int) -> None:
    now = datetime.now(UTC)
    flow = scheduled(cron="* * * * *", catch_up=catch_up)
    update_flow(actor=ADMIN, flow=flow, is_enabled=False)
    due_at(flow, now - timedelta(seconds=20))
    assert fire_due(now) == 0
    update_flow(actor=ADMIN, flow=flow, is_enabled=True)
    assert fire_due(now) == expected
    assert Trigger.objects.get(flow=flow).next_fire_at > now


@pytest.mark.django_db
def test_publishing_replaces_the_schedule() -> None:
    flow = scheduled()
    due_at(flow, NOON)
    drawing = line(("t", "schedule", {"cron": "30 3 * * *", "zone": "UTC"}), ("a", "spy", {"name": "a"}))
    Flow.objects.filter(id=flow.id).update(draft=drawing)
    publish(actor=ADMIN, flow=flow, revision=flow.draft_revision)
    following = Trigger.objects.get(flow=flow).next_fire_at
    assert (following.hour, following.minute) == (3, 30)
    assert following > datetime.now(UTC)


@pytest.mark.django_db
def test_a_clock_set_back_repeats_no_tick_and_holds_up_none() -> None:
    due_at(flow := scheduled(), NOON)
    assert fire_due(NOON) == 1
    due_at(flow, NOON)
    assert fire_due(NOON + timedelta(seconds=3)) == 0
    assert Trigger.objects.get(flow=flow).next_fire_at == NOON + timedelta(hours=1)


@pytest.mark.django_db
def test_a_schedule_that_cannot_be_read_does_not_hold_up_the_others() -> None:
    broken, sound = scheduled(), scheduled()
    Trigger.objects.filter(flow=broken).update(spec={"cron": "nonsense", "zone": "Nowhere"})
    due_at(broken, NOON)
    due_at(sound, NOON)
    assert fire_due(NOON) == 1
