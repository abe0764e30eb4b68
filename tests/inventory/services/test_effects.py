"""What a step did once is remembered for as long as the step can be repeated."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from flows.models import Event, Run
from flows.services.retention import delete_old_runs
from inventory.models import AppliedEffect
from inventory.services.effects import once
from tests.support.rows import a_flow

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=settings.HOOKFLOW["RETENTION_DAYS"], minutes=1)


def a_run(finished_at: datetime | None) -> Run:
    flow = a_flow()
    event = Event.objects.create(type="a.b", source="t", payload={}, accepted_at=OLD)
    return Run.objects.create(
        flow=flow, version_id=flow.published_id, event=event, created_at=OLD, finished_at=finished_at
    )


def test_effects_go_with_their_run_and_no_others_do() -> None:
    old, recent = a_run(OLD), a_run(NOW)
    keys = [f"{old.id}:a", f"{old.id}:b", f"{recent.id}:a", "no run at all"]
    for key in keys:
        once(key, lambda: {"done": True})
    assert delete_old_runs() == 1
    assert set(AppliedEffect.objects.values_list("key", flat=True)) == set(keys[2:])


def test_second_call_gives_the_first_result() -> None:
    run = a_run(NOW)
    assert [once(f"{run.id}:a", lambda number=number: {"n": number}) for number in (1, 2)] == [{"n": 1}] * 2
