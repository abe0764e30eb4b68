"""What lists of flows show at a glance, in as few queries as possible."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Substr

from accounts.actors import Actor
from common.ids import first_id_at
from flows.models import Flow, QueueEntry, Run, Trigger
from flows.services.reach import flows_in_reach, runs_in_reach, shown_flows

LAST_RUNS = 10
MOST_SCHEDULES = 5


def last_runs(flow_ids: Sequence[UUID]) -> dict[UUID, list[Run]]:
    """The newest ten runs of each flow, oldest first, with id, flow, status and times.

    Two queries that read ten rows a flow, however many runs there are.
    """
    if not flow_ids:
        return {}
    tenth = Run.objects.filter(flow=OuterRef("pk")).order_by("-id").values("id")[LAST_RUNS - 1 : LAST_RUNS]
    edges = Flow.objects.filter(id__in=flow_ids).annotate(edge=Subquery(tenth)).values_list("id", "edge")
    wanted = Q()
    for flow_id, edge in edges:
        wanted |= Q(flow_id=flow_id, id__gte=edge) if edge else Q(flow_id=flow_id)
    fields = ("id", "flow_id", "status", "created_at", "started_at", "finished_at")
    found: dict[UUID, list[Run]] = defaultdict(list)
    if wanted:
        # Put in order here: asked to do it, SQLite walks all runs in order instead of ten of each flow.
        for run in sorted(Run.objects.filter(wanted).order_by().only(*fields), key=attrgetter("id")):
            found[run.flow_id].append(run)
    return dict(found)


def runs_by_hour(actor: Actor, now: datetime, hours: int = 24) -> list[dict[str, Any]]:
    """For each of the last hours, oldest first: `{"hour", "succeeded", "failed", "cancelled", "open"}`."""
    last = now.replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=hours - 1)
    counted = (
        runs_in_reach(actor)
        .filter(id__gte=first_id_at(first))
        # As text: SQLite has no hours of its own, and would call Python for each run.
        .annotate(hour=Substr(Cast("created_at", TextField()), 1, 13))
        .values("hour", "status")
        .annotate(amount=Count("id"))
        .order_by()
    )
    table: dict[str, dict[str, Any]] = {}
    for step in range(hours):
        hour = first + timedelta(hours=step)
        table[f"{hour:%Y-%m-%d %H}"] = {"hour": hour, "succeeded": 0, "failed": 0, "cancelled": 0, "open": 0}
    for row in counted:
        kind = row["status"] if row["status"] in ("succeeded", "failed", "cancelled") else "open"
        if row["hour"] in table:
            table[row["hour"]][kind] += row["amount"]
    return list(table.values())


def open_runs(actor: Actor, now: datetime) -> dict[str, Any]:
    """Of all open runs: how many are `due`, `working`, `waiting`; and since when the oldest is due (None)."""
    rows = QueueEntry.objects.all()
    if not actor.is_platform:
        rows = rows.filter(tenant_id=actor.tenant_id)
    now_ms = int(now.timestamp() * 1_000)
    due = Q(is_held=False, owner="", due_ms__lte=now_ms)
    counts = rows.aggregate(
        due=Count("run_id", filter=due),
        working=Count("run_id", filter=~Q(owner="")),
        total=Count("run_id"),
    )
    return {**counts, "waiting": counts["total"] - counts["due"] - counts["working"]}


def flow_counts(actor: Actor) -> dict[str, int]:
    """How many flows there are in `total`, and how many are `enabled`."""
    return shown_flows(actor).aggregate(total=Count("id"), enabled=Count("id", filter=Q(is_enabled=True)))


def next_schedules(actor: Actor) -> QuerySet[Trigger]:
    """The flows that a schedule starts next, with `next_fire_at`."""
    enabled = flows_in_reach(actor).filter(is_enabled=True)
    return (
        Trigger.objects.filter(flow__in=enabled, next_fire_at__isnull=False)
        .select_related("flow")
        .only("next_fire_at", "flow__id", "flow__name")
        .order_by("next_fire_at")[:MOST_SCHEDULES]
    )


def failing_flows(actor: Actor, now: datetime, most: int = 8) -> list[dict[str, Any]]:
    """Flows whose runs failed in the last 24 hours, most first: `{"flow_id", "flow_name", "failures"}`."""
    counted = (
        runs_in_reach(actor)
        .filter(id__gte=first_id_at(now - timedelta(hours=24)), status=Run.Status.FAILED)
        .values("flow_id", flow_name=F("flow__name"))
        .annotate(failures=Count("id"))
        .order_by("-failures", "flow_name")[:most]
    )
    return [dict(row) for row in counted]
