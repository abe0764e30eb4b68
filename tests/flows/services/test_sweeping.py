"""Chores of the workers' sweepers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flows.models import Event
from flows.services import sweeping

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was called of the chores of these tests, which are the only ones."""
    for name, empty in (("_chores", {}), ("_rows", {}), ("_presence", [])):
        monkeypatch.setattr(sweeping, name, empty)
    return []


def test_a_chore_is_done_while_it_has_rows(calls: list[str]):
    rows = Event.objects.filter(type="a.b")
    sweeping.every_second("due", lambda: calls.append("due"), lambda now: [rows.filter(accepted_at__lte=now)])
    sweeping.do_chores()
    soon = datetime.now(UTC) + timedelta(minutes=1)
    event = Event.objects.create(type="a.b", source="t", payload={}, accepted_at=soon)
    sweeping.do_chores()
    assert calls == []
    Event.objects.filter(id=event.id).update(accepted_at=soon - timedelta(minutes=2))
    sweeping.do_chores()
    assert calls == ["due"]


def test_a_chore_without_rows_is_always_done(calls: list[str]):
    sweeping.every_second("first", lambda: calls.append("first"))
    sweeping.do_chores()
    sweeping.every_second("second", lambda: calls.append("second"))
    sweeping.do_chores()
    assert calls == ["first", "first", "second"]


def test_one_that_fails_does_not_hold_up_the_others(calls: list[str]):
    sweeping.every_second("bad", lambda: 1 / 0)
    sweeping.every_second("good", lambda: calls.append("good"))
    sweeping.do_chores()
    assert calls == ["good"]


def test_where_there_is_nothing_to_do_all_chores_cost_one_statement():
    sweeping.do_chores()  # those that look now and then have looked
    with CaptureQueriesContext(connection) as asked:
        sweeping.do_chores()
    assert len(asked) == 1, [one["sql"] for one in asked]
