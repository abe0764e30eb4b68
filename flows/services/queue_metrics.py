"""Figures of queue and runs for Prometheus, read from the rows when someone asks."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Min, QuerySet

from common import metrics
from flows.engine.states import FINAL_RUN_STATUSES
from flows.models import QueueEntry, Run
from flows.store.database import epoch_ms

RECENTLY = timedelta(minutes=5)
MOST_RUNS = 10_000
"""Of so many recent runs the latency is told; past that from the newest of them."""


def register() -> None:
    """Make the figures known; called once a process."""
    metrics.gauge("hookflow_queue_depth", "Open runs that are due now and that nobody holds.", depth)
    metrics.gauge(
        "hookflow_queue_oldest_due_seconds",
        "For how long the oldest due run has waited for a worker.",
        oldest,
    )
    metrics.gauge("hookflow_runs_open", "Open runs by status.", open_runs, ["status"])
    metrics.gauge(
        "hookflow_runs_finished_5m",
        "Runs that ended in the last five minutes, by outcome.",
        finished,
        ["status"],
    )
    metrics.gauge(
        "hookflow_run_latency_5m_seconds",
        "From accepted to finished, of the runs that ended in the last five minutes.",
        latency,
        ["quantile"],
    )


def depth() -> Iterable[metrics.Sample]:
    """Due entries; a lease is a due time that lies ahead."""
    return metrics.single(_due().count())


def oldest() -> Iterable[metrics.Sample]:
    """Seconds; 0 when nothing is due."""
    first = _due().aggregate(first=Min("due_ms"))["first"]
    age = 0.0 if first is None else (epoch_ms(datetime.now(UTC)) - first) / 1000
    return metrics.single(max(age, 0.0))


def open_runs() -> Iterable[metrics.Sample]:
    """Counted through the queue, which holds open runs only."""
    counted = QueueEntry.objects.values_list("run__status").annotate(count=Count("run_id"))
    statuses = (Run.Status.QUEUED, Run.Status.RUNNING, Run.Status.WAITING)
    return metrics.by_label({**{str(status): 0.0 for status in statuses}, **dict(counted)})


def finished() -> Iterable[metrics.Sample]:
    """By final status."""
    since = datetime.now(UTC) - RECENTLY
    counted = (
        Run.objects.filter(finished_at__gte=since)
        .values_list("status")
        .annotate(count=Count("id"))
        .order_by()
    )
    return metrics.by_label({**{str(status): 0.0 for status in sorted(FINAL_RUN_STATUSES)}, **dict(counted)})


def latency() -> Iterable[metrics.Sample]:
    """The median and the 95th percentile; nothing when no run ended."""
    since = datetime.now(UTC) - RECENTLY
    rows = (
        Run.objects.filter(finished_at__gte=since, started_at__isnull=False)
        .order_by("-finished_at")
        .values_list("created_at", "finished_at")[:MOST_RUNS]
    )
    seconds = sorted((end - start).total_seconds() for start, end in rows if end is not None)
    if not seconds:
        return []
    return [((str(part),), seconds[int(part * (len(seconds) - 1))]) for part in (0.5, 0.95)]


def _due() -> QuerySet[QueueEntry]:
    return QueueEntry.objects.filter(is_held=False, due_ms__lte=epoch_ms(datetime.now(UTC)))
