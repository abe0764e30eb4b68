"""Events that arrived: what each started, and why nothing started."""

from datetime import datetime
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
from flows.models import Event, Run
from flows.pages.senders import name_senders
from flows.pages.slices import newest_first, uuid_from, within
from flows.services.event_reading import event_for, refusals_of

LIST_FIELDS = ("id", "type", "source", "accepted_at", "run_count", "outcomes", "depth", "tenant__name")
FILTERS = ("q", "type", "result", "range", "since", "until")
RESULTS = {"started": "Started a run", "nothing": "Started nothing"}


@page(Permission.view)
def event_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All events in reach, newest first, with filters."""
    rows = filtered(visible(Event, actor), request.GET, SystemClock().now())
    found = newest_first(rows, request.GET)
    name_senders(actor, found.rows)
    context = {
        "slice": found,
        "events": found.rows,
        "results": list(RESULTS.items()),
        "ranges": CHOICES,
        "chosen": {name: request.GET.get(name, "") for name in FILTERS},
        "is_filtered": any(request.GET.get(name) for name in FILTERS),
        "shows_tenants": actor.is_platform,
    }
    return render(request, "flows/event_list.html", context)


@page(Permission.view)
def event_detail(request: HttpRequest, actor: Actor, event_id: UUID) -> HttpResponse:
    """One event with its payload, the runs it started, and the flows that listened and did not start."""
    event = event_for(actor, event_id)
    name_senders(actor, [event])
    runs = visible(Run, actor).filter(event=event).select_related("flow", "version")
    context = {
        "event": event,
        "runs": runs.only("id", "status", "subject", "created_at", "error", "flow__name", "version__number")[
            :200
        ],
        "refusals": refusals_of(event, actor),
        "cause": visible(Run, actor).filter(id=event.cause_run_id).select_related("flow").first()
        if event.cause_run_id
        else None,
        "shows_tenants": actor.is_platform,
    }
    return render(request, "flows/event_detail.html", context)


def filtered(rows: QuerySet[Event], query: QueryDict, now: datetime) -> QuerySet[Event]:
    """Events that meet the query: `type`, `result`, `q` (an id, a dedup key, text in the payload) and a time."""
    rows = within(rows, query, now).select_related("tenant").only(*LIST_FIELDS)
    if query.get("type"):
        rows = rows.filter(type=query["type"])
    if query.get("result") in RESULTS:
        rows = rows.filter(run_count__gt=0) if query["result"] == "started" else rows.filter(run_count=0)
    text = query.get("q", "").strip()
    if not text:
        return rows
    exact = uuid_from(text)
    if exact is not None:
        return rows.filter(id=exact)
    found = rows.annotate(payload_text=Cast("payload", TextField()))
    return found.filter(Q(dedup_key=text) | Q(type__icontains=text) | Q(payload_text__icontains=text))
