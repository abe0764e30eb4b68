"""The list of runs, of all flows or of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, TextField, prefetch_related_objects
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.actors import Actor
from accounts.models import Tenant
from accounts.pages.access import page
from accounts.pages.ranges import CHOICES
from accounts.roles import Permission
from common.clock import SystemClock
from flows.models import Event, Flow, FlowVersion, Run
from flows.pages.slices import newest_first, uuid_from, within
from flows.services.flows import flow_for
from flows.services.reach import flows_in_reach, runs_in_reach
from flows.services.run_reading import with_tries

LIST_FIELDS = (
    "id", "status", "subject", "retried_from", "is_resumed", "created_at", "started_at", "finished_at", "due_at",
    "wait_reason", "error", "flow", "version", "event", "tenant",
)  # fmt: skip
BESIDE = (
    Prefetch("flow", Flow.objects.only("name")),
    Prefetch("version", FlowVersion.objects.only("number")),
    Prefetch("event", Event.objects.only("type")),
    Prefetch("tenant", Tenant.objects.only("name")),
)
"""Read beside the rows of a page: joined, the database may no longer read the newest runs off an index."""
FILTERS = ("q", "flow", "status", "event_type", "range", "since", "until")


@page(Permission.view)
def run_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All runs in reach, newest first, with filters."""
    context = _listed(actor, request.GET, runs_in_reach(actor))
    context["flows"] = flows_in_reach(actor).order_by("name").only("id", "name")
    return render(request, "flows/run_list.html", context)


@page(Permission.view)
def flow_runs(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """The runs of one flow, as a tab of its pages."""
    flow = flow_for(actor, flow_id, has_documents=False)
    context = _listed(actor, request.GET, runs_in_reach(actor).filter(flow_id=flow.id))
    context["chosen"]["flow"] = str(flow.id)
    return render(request, "flows/flow_runs.html", {**context, "flow": flow})


def _listed(actor: Actor, query: QueryDict, rows: QuerySet[Run]) -> dict[str, Any]:
    found = newest_first(filtered(rows, query, SystemClock().now()), query)
    prefetch_related_objects(found.rows, *BESIDE)
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
    rows = within(with_tries(rows), query, now).only(*LIST_FIELDS)
    flow_id = uuid_from(query.get("flow", ""))
    if flow_id is not None:
        rows = rows.filter(flow_id=flow_id)
    if query.get("status") in Run.Status.values:
        rows = rows.filter(status=query["status"])
    if query.get("event_type"):
        rows = rows.filter(_event(type=query.get("event_type", "")))
    text = query.get("q", "").strip()
    if not text:
        return rows
    exact = uuid_from(text)
    if exact is not None:
        return rows.filter(Q(id=exact) | Q(event_id=exact))
    found = rows.annotate(error_text=Cast("error", TextField()))
    return found.filter(
        Q(subject__icontains=text)
        | Q(Exists(Flow.objects.filter(pk=OuterRef("flow_id"), name__icontains=text)))
        | Q(_event(type__icontains=text))
        | Q(error_text__icontains=text)
    )


def _event(**wanted: str) -> Exists:
    return Exists(Event.objects.filter(pk=OuterRef("event_id"), **wanted))
