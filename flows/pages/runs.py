"""The list of runs, of all flows or of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.pages.ranges import CHOICES
from accounts.roles import Permission
from accounts.scope import visible
from common.clock import SystemClock
from flows.models import Run
from flows.pages.access import flow_of, flows_of
from flows.pages.slices import newest_first, uuid_from, within
from flows.services.run_reading import with_tries

LIST_FIELDS = (
    "id", "status", "subject", "retried_from", "is_resumed",
    "created_at", "started_at", "finished_at", "due_at", "wait_reason", "error",
    "flow__id", "flow__name", "version__number", "event__type", "tenant__name",
)  # fmt: skip
FILTERS = ("q", "flow", "status", "event_type", "range", "since", "until")


@page(Permission.view)
def run_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All runs in reach, newest first, with filters."""
    context = _listed(actor, request.GET, visible(Run, actor))
    context["flows"] = flows_of(actor).order_by("name").only("id", "name")
    return render(request, "flows/run_list.html", context)


@page(Permission.view)
def flow_runs(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """The runs of one flow, as a tab of its pages."""
    flow = flow_of(actor, flow_id)
    context = _listed(actor, request.GET, visible(Run, actor).filter(flow_id=flow.id))
    context["chosen"]["flow"] = str(flow.id)
    return render(request, "flows/flow_runs.html", {**context, "flow": flow})


def _listed(actor: Actor, query: QueryDict, rows: QuerySet[Run]) -> dict[str, Any]:
    found = newest_first(filtered(rows, query, SystemClock().now()), query)
    return {
        "slice": found,
        "runs": found.rows,
        "statuses": Run.Status.values,
        "ranges": CHOICES,
        "chosen": {name: query.get(name, "") for name in FILTERS},
        "is_filtered": any(query.get(name) for name in FILTERS),
        "shows_tenants": actor.is_platform,
        "has_failed": any(run.status == Run.Status.FAILED for run in found.rows),
    }


def filtered(rows: QuerySet[Run], query: QueryDict, now: datetime) -> QuerySet[Run]:
    """Runs that meet the query: `flow`, `status`, `event_type`, `q` and a time. Nonsense is left out."""
    rows = within(with_tries(rows), query, now).select_related("flow", "version", "event", "tenant")
    rows = rows.only(*LIST_FIELDS)
    flow_id = uuid_from(query.get("flow", ""))
    if flow_id is not None:
        rows = rows.filter(flow_id=flow_id)
    if query.get("status") in Run.Status.values:
        rows = rows.filter(status=query["status"])
    if query.get("event_type"):
        rows = rows.filter(event__type=query["event_type"])
    text = query.get("q", "").strip()
    if not text:
        return rows
    exact = uuid_from(text)
    if exact is not None:
        return rows.filter(Q(id=exact) | Q(event_id=exact))
    found = rows.annotate(error_text=Cast("error", TextField()))
    return found.filter(
        Q(subject__icontains=text)
        | Q(flow__name__icontains=text)
        | Q(event__type__icontains=text)
        | Q(error_text__icontains=text)
    )
