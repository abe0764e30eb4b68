from datetime import UTC, datetime, timedelta

import pytest

from flows.models import Run, Step
from flows.services import action_metrics
from tests.support.flows import line, published, started

pytestmark = pytest.mark.django_db


def test_actions_are_counted_by_type_and_outcome():
    webhook = {"url": "https://example.org/x"}
    drawing = line(
        ("t", "manual", {}), ("w", "webhook", webhook), ("a", "add-field", {"as_field": "x", "value": "1"})
    )
    run = started(published(drawing))
    now = datetime.now(UTC)
    Run.objects.filter(id=run.id).update(status="failed", finished_at=now)
    for attempt, status, took in ((1, "retrying", 1), (2, "failed", 3)):
        Step.objects.create(
            run=run,
            node_id="w",
            attempt=attempt,
            seq=attempt,
            status=status,
            started_at=now - timedelta(seconds=took),
            finished_at=now,
        )
    Step.objects.create(run=run, node_id="a", seq=3, status="succeeded", started_at=now, finished_at=now)
    assert dict(action_metrics.counts()) == {("webhook", "retrying"): 1, ("webhook", "failed"): 1}
    assert dict(action_metrics.seconds()) == {("webhook",): pytest.approx(2.0)}


def test_there_are_no_figures_without_runs():
    assert list(action_metrics.counts()) == []
    assert list(action_metrics.seconds()) == []
