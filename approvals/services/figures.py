"""How long tasks wait for their decision: for a page, and for Prometheus. Read from the newest rows, never from all."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Tenant
from approvals.models import NoticeSettings, Task
from approvals.services.reading import tasks_in_reach
from common import metrics
from flows.models import Run

WINDOW: Final = timedelta(days=30)
MOST_ROWS: Final = 10_000
MOST_TENANTS: Final = 20
CHUNK: Final = 500
DEFAULT_TARGET: Final = 24


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some tasks.

    Args:
        p50, p95: milliseconds from asked to decided, of those that were decided lately; None when none was.
    """

    name: str
    decided: int
    p50: float | None
    p95: float | None
    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of them, by tenant, and by type or flow.

    Args:
        is_cut: whether there were more rows than are looked at.
    """

    total: Group
    by_tenant: list[Group]
    by_kind: list[Group]
    is_cut: bool


Fact = tuple[int | None, str, UUID | None, float | None, bool]
"""Tenant, type, run that waited, milliseconds until decided (None: it waits), overdue."""


def figures_for(actor: Actor) -> Figures:
    """The figures of the tasks in reach."""
    facts, is_cut = _facts(tasks_in_reach(actor))
    tenants = dict(
        Tenant.objects.filter(id__in={fact[0] for fact in facts if fact[0]}).values_list("id", "name")
    )
    flows = _flows({fact[2] for fact in facts if fact[2]})
    return Figures(
        _group("All", facts),
        _grouped(facts, lambda fact: tenants.get(fact[0] or 0, "The platform")),
        _grouped(facts, lambda fact: flows.get(fact[2], "") or Task.Type(fact[1]).label),
        is_cut,
    )


def _facts(rows: QuerySet[Task]) -> tuple[list[Fact], bool]:
    now, targets = datetime.now(UTC), _targets()
    plain = rows.select_related(None).order_by("-created_at", "-id")
    fields = ("tenant_id", "type", "run_id", "created_at", "decided_at")
    waiting = plain.filter(state=Task.State.QUEUEING).values_list(*fields)[:MOST_ROWS]
    decided = plain.filter(decided_at__isnull=False, created_at__gte=now - WINDOW).values_list(*fields)[
        :MOST_ROWS
    ]
    facts: list[Fact] = []
    for tenant_id, kind, run_id, created_at, decided_at in (*waiting, *decided):
        took = (decided_at - created_at).total_seconds() * 1_000 if decided_at else None
        target = targets.get(tenant_id or 0, targets[0])
        facts.append((tenant_id, kind, run_id, took, took is None and now - created_at > target))
    return facts, len(facts) >= MOST_ROWS


def _targets() -> dict[int, timedelta]:
    rows = dict(NoticeSettings.objects.values_list("id", "target_hours"))
    return {pk: timedelta(hours=hours) for pk, hours in {0: DEFAULT_TARGET, **rows}.items()}


def _flows(runs: set[UUID]) -> Mapping[UUID | None, str]:
    wanted, names = sorted(runs), dict[UUID | None, str]()
    for start in range(0, len(wanted), CHUNK):
        found = Run.objects.filter(id__in=wanted[start : start + CHUNK])
        names.update(found.values_list("id", "flow__name"))
    return names


def _grouped(facts: Sequence[Fact], named: Any) -> list[Group]:
    groups: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[named(fact)].append(fact)
    made = [_group(name, found) for name, found in groups.items()]
    return sorted(made, key=lambda group: (-group.waiting, -group.decided, group.name))


def _group(name: str, facts: Sequence[Fact]) -> Group:
    took = sorted(fact[3] for fact in facts if fact[3] is not None)
    return Group(
        name=name,
        decided=len(took),
        p50=quantile(took, 0.5),
        p95=quantile(took, 0.95),
        waiting=len(facts) - len(took),
        overdue=sum(fact[4] for fact in facts),
    )


def quantile(values: Sequence[float], part: float) -> float | None:
    """Of sorted values the one below which that part of them lies; None of none."""
    return values[int(part * (len(values) - 1))] if values else None


def register() -> None:
    """Make the figures known to Prometheus; called once a process."""
    metrics.gauge(
        "hookflow_reviews_waiting", "Tasks that wait for review, by type; at most 10,000.", waiting, ["type"]
    )
    metrics.gauge(
        "hookflow_reviews_waiting_by_tenant",
        "The same by tenant: the 20 with the most, and all others.",
        waiting_by_tenant,
        ["tenant"],
    )
    metrics.gauge(
        "hookflow_reviews_overdue", "Those that wait longer than they should, by type.", overdue, ["type"]
    )
    metrics.gauge(
        "hookflow_review_decision_seconds",
        "From asked to decided, of the tasks decided in the last 30 days.",
        decision_seconds,
        ["type", "quantile"],
    )


def waiting() -> Iterable[metrics.Sample]:
    """By type."""
    return _by_type(fact[1] for fact in _all() if fact[3] is None)


def overdue() -> Iterable[metrics.Sample]:
    """By type."""
    return _by_type(fact[1] for fact in _all() if fact[4])


def waiting_by_tenant() -> Iterable[metrics.Sample]:
    """By the tenant's id: its name is nobody else's business. `*` is all others, 0 the platform."""
    counted = Counter(fact[0] for fact in _all() if fact[3] is None)
    most = counted.most_common(MOST_TENANTS)
    told = {str(pk or 0): float(count) for pk, count in most}
    if rest := counted.total() - sum(count for _, count in most):
        told["*"] = rest
    return metrics.by_label(told)


def decision_seconds() -> Iterable[metrics.Sample]:
    """The median and the 95th percentile of each type."""
    took: defaultdict[str, list[float]] = defaultdict(list)
    for _, kind, _, milliseconds, _ in _all():
        if milliseconds is not None:
            took[kind].append(milliseconds / 1_000)
    return [
        ((kind, str(part)), figure)
        for kind, values in took.items()
        for part in (0.5, 0.95)
        if (figure := quantile(sorted(values), part)) is not None
    ]


def _by_type(kinds: Iterable[str]) -> Iterable[metrics.Sample]:
    return metrics.by_label({**dict.fromkeys(Task.Type.values, 0.0), **Counter(kinds)})


def _all() -> list[Fact]:
    return _facts(Task.objects.all())[0]
