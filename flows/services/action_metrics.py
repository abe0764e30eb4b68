"""Figures of each kind of action for Prometheus: how often it ended how, and how long it took."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Avg, Count, F

from common import metrics
from flows.models import FlowVersion, Run, Step
from flows.sdk import Kind, node_types
from flows.services.queue_metrics import MOST_RUNS, RECENTLY

OUTCOMES = (Step.Status.SUCCEEDED, Step.Status.FAILED, Step.Status.RETRYING, Step.Status.INTERRUPTED)


def register() -> None:
    """Make the figures known; called once a process."""
    metrics.gauge(
        "hookflow_actions_5m",
        "Steps of actions in runs that ended in the last five minutes, by node type and outcome.",
        counts,
        ["type", "outcome"],
    )
    metrics.gauge(
        "hookflow_action_seconds_5m", "How long those steps took on average, by node type.", seconds, ["type"]
    )


def counts() -> Iterable[metrics.Sample]:
    """By node type and outcome."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for kind, outcome, count, _ in _recent():
        found[kind, outcome] += count
    return list(found.items())


def seconds() -> Iterable[metrics.Sample]:
    """The mean over all outcomes, by node type."""
    spent: dict[str, float] = defaultdict(float)
    steps: dict[str, int] = defaultdict(int)
    for kind, _, count, mean in _recent():
        spent[kind] += mean * count
        steps[kind] += count
    return metrics.by_label({kind: spent[kind] / steps[kind] for kind in steps})


def _recent() -> Iterator[tuple[str, str, int, float]]:
    """Node type, outcome, how many, and their mean time in seconds; of the newest runs where there are many."""
    runs = Run.objects.filter(finished_at__gte=datetime.now(UTC) - RECENTLY).order_by("-finished_at")
    rows = (
        Step.objects.filter(run_id__in=runs.values("id")[:MOST_RUNS], status__in=OUTCOMES)
        .order_by()
        .values_list("run__version_id", "node_id", "status")
        .annotate(count=Count("id"), mean=Avg(F("finished_at") - F("started_at")))
    )
    for version_id, node_id, status, count, mean in rows:
        kind = _actions_of(version_id).get(node_id)
        if kind is not None:
            yield kind, status, count, mean.total_seconds() if mean else 0.0


@lru_cache(maxsize=1_000)
def _actions_of(version_id: UUID) -> dict[str, str]:
    """The actions of a version, which never changes: node type by node id."""
    document = FlowVersion.objects.values_list("document", flat=True).get(id=version_id)
    drawn = {node["id"]: node["type"] for node in document["nodes"]}
    kinds = {name: node_types.get(name) for name in set(drawn.values())}
    return {
        node_id: name
        for node_id, name in drawn.items()
        if (known := kinds[name]) is not None and known.meta.kind is Kind.ACTION
    }
