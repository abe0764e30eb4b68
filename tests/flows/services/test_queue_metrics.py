"""What Prometheus reads of queue and runs."""

from datetime import UTC, datetime, timedelta

import pytest

from common import metrics
from flows.models import Run
from tests.support.rows import a_flow, a_run, claim, finished, parked, write

pytestmark = pytest.mark.django_db


def figure(name: str) -> float:
    for line in metrics.render().decode().splitlines():
        if line.startswith(f"{name} "):
            return float(line.split()[-1])
    raise AssertionError(f"{name} is not among the figures.")


def test_an_empty_installation_has_figures() -> None:
    assert figure("hookflow_queue_depth") == 0
    assert figure("hookflow_queue_oldest_due_seconds") == 0
    assert figure('hookflow_runs_open{status="waiting"}') == 0
    assert figure('hookflow_runs_finished_5m{status="failed"}') == 0


def test_what_is_due_and_held_by_nobody_counts() -> None:
    flow = a_flow()
    a_run(flow, due_in=-30)
    for due_in in (-5, 60, None):
        a_run(flow, due_in=due_in)
    a_run(flow, due_in=-90, is_held=True)
    assert figure("hookflow_queue_depth") == 2
    assert 30 <= figure("hookflow_queue_oldest_due_seconds") < 60
    claim(limit=1)
    assert figure("hookflow_queue_depth") == 1
    assert figure("hookflow_queue_oldest_due_seconds") < 30


def test_runs_count_by_where_they_stand() -> None:
    flow = a_flow()
    for _ in range(3):
        a_run(flow)
    one, other = claim(limit=2)
    write(parked(one.run_id, one.fence, 60), finished(other.run_id, other.fence))
    assert figure('hookflow_runs_open{status="queued"}') == 1
    assert figure('hookflow_runs_open{status="waiting"}') == 1
    assert figure('hookflow_runs_finished_5m{status="succeeded"}') == 1


def test_latency_is_told_of_recent_runs() -> None:
    flow, now = a_flow(), datetime.now(UTC)
    for seconds in (1, 2, 3):
        run = a_run(flow)
        start = now - timedelta(seconds=seconds)
        Run.objects.filter(id=run.id).update(
            created_at=start, started_at=start, finished_at=now, status="succeeded"
        )
    old = a_run(flow)
    ages = now - timedelta(hours=1)
    Run.objects.filter(id=old.id).update(
        created_at=ages, started_at=ages, finished_at=ages, status="succeeded"
    )
    assert figure('hookflow_run_latency_5m_seconds{quantile="0.5"}') == pytest.approx(2, abs=0.01)
