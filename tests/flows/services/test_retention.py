"""Old runs go, open ones stay, and SQLite gives the space back."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from common.ids import first_id_at, new_id
from flows.models import Event, Flow, LogLine, QueueEntry, Run, Step
from flows.services import retention
from flows.services.retention import delete_old_events, delete_old_runs
from tests.support.rows import a_flow

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=settings.HOOKFLOW["RETENTION_DAYS"], minutes=1)


def a_past(flow: Flow, begun: datetime, ended: datetime | None, text: str = "Hello") -> Run:
    """A run with a step and a line of log; open when it has no end."""
    event_id = type(new_id())(int=first_id_at(begun).int | (new_id().int & (2**60 - 1)))
    event = Event.objects.create(id=event_id, type="a.b", source="t", payload={}, accepted_at=begun)
    status = "succeeded" if ended else "waiting"
    run = Run.objects.create(
        flow=flow,
        version_id=flow.published_id,
        event=event,
        created_at=begun,
        finished_at=ended,
        status=status,
    )
    if ended is None:
        QueueEntry.objects.create(run=run, flow_id=flow.id)
    Step.objects.create(run=run, node_id="a", seq=1, status="succeeded", started_at=begun)
    LogLine.objects.create(run=run, seq=2, at=begun, level=20, text=text)
    return run


def test_only_finished_runs_older_than_the_setting_go_with_all_that_is_theirs() -> None:
    flow = a_flow()
    old, recent, long_open = a_past(flow, OLD, OLD), a_past(flow, OLD, NOW), a_past(flow, OLD, None)
    assert delete_old_runs() == 1
    assert delete_old_events() == 1
    left = {recent.id, long_open.id}
    for model, field in ((Run, "id"), (Step, "run_id"), (LogLine, "run_id")):
        assert set(model.objects.values_list(field, flat=True)) == left  # type: ignore[attr-defined]
    assert set(Event.objects.values_list("id", flat=True)) == {recent.event_id, long_open.event_id}
    assert old.id not in left
    connection.check_constraints()


def test_deletion_comes_in_batches() -> None:
    flow = a_flow()
    for _ in range(5):
        a_past(flow, OLD, OLD)
    assert [delete_old_runs(batch=2) for _ in range(4)] == [2, 2, 1, 0]
    assert [delete_old_events(batch=3) for _ in range(3)] == [3, 2, 0]


def test_a_retry_of_an_old_run_stays_and_forgets_where_it_came_from() -> None:
    flow = a_flow()
    old, again = a_past(flow, OLD, OLD), a_past(flow, OLD, NOW)
    Run.objects.filter(id=again.id).update(retried_from=old)
    delete_old_runs()
    again.refresh_from_db()
    assert again.retried_from_id is None
    connection.check_constraints()


def test_a_resumed_run_stays_until_the_run_that_goes_on_from_it_is_gone() -> None:
    flow = a_flow()
    old, resumed = a_past(flow, OLD, OLD), a_past(flow, OLD, NOW)
    Run.objects.filter(id=resumed.id).update(retried_from=old, is_resumed=True)
    assert delete_old_runs() == 0
    Run.objects.filter(id=resumed.id).update(finished_at=OLD)
    assert [delete_old_runs() for _ in range(3)] == [1, 1, 0]


def test_an_event_that_another_run_still_needs_stays() -> None:
    flow = a_flow()
    old = a_past(flow, OLD, OLD)
    Run.objects.create(
        flow=flow, version_id=flow.published_id, event_id=old.event_id, created_at=NOW, retried_from=old
    )
    delete_old_runs()
    assert delete_old_events() == 0
    assert Event.objects.filter(id=old.event_id).exists()


def test_events_that_started_nothing_go_when_they_are_old() -> None:
    for moment in (OLD, NOW):
        Event.objects.create(id=first_id_at(moment), type="a.b", source="t", payload={}, accepted_at=moment)
    assert delete_old_events() == 1
    assert Event.objects.get().accepted_at == NOW


def test_sqlite_gives_the_space_back() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's own vacuum does it.")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA auto_vacuum")
        assert cursor.fetchone() == (2,), "a fresh database is made with auto_vacuum=INCREMENTAL"
    flow = a_flow()
    for _ in range(40):
        a_past(flow, OLD, OLD, text="x" * 100_000)
    before = size_on_disk()
    while delete_old_runs(batch=10):
        retention.give_space_back()
    retention.give_space_back()
    assert size_on_disk() < before - 3_000_000


def size_on_disk() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.fetchall()
        cursor.execute("PRAGMA database_list")
        return os.path.getsize(cursor.fetchall()[0][2])
