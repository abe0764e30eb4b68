"""Events that arrived: what each started, and why nothing started."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.services.filters import RANGE_CHOICES, narrowed
from accounts.services.slices import newest_first
from common.ids import uuid_from
from flows.services.event_reading import cause_of, event_for, listed, refusals_of, runs_of
from flows.services.event_senders import name_senders
from flows.services.filters import EventPageFilter

FILTERS = ("q", "type", "result", "range", "since", "until")


@page(Permission.view)
def event_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All events in reach, newest first, with filters."""
    query = request.GET
    before, after = uuid_from(query.get("before", "")), uuid_from(query.get("after", ""))
    found = newest_first(narrowed(EventPageFilter, listed(actor), query), before, after)
    name_senders(actor, found.rows)
    context = {
        "slice": found,
        "events": found.rows,
        "results": list(EventPageFilter.RESULTS.items()),
        "ranges": RANGE_CHOICES,
        "chosen": {name: query.get(name, "") for name in FILTERS},
        "is_filtered": any(query.get(name) for name in FILTERS),
        "shows_tenants": actor.is_platform,
    }
    return render(request, "flows/event_list.html", context)


@page(Permission.view)
def event_detail(request: HttpRequest, actor: Actor, event_id: UUID) -> HttpResponse:
    """One event with its payload, the runs it started, and the flows that listened and did not start."""
    event = event_for(actor, event_id)
    name_senders(actor, [event])
    context = {
        "event": event,
        "runs": runs_of(event, actor),
        "refusals": refusals_of(event, actor),
        "cause": cause_of(event, actor),
        "shows_tenants": actor.is_platform,
    }
    return render(request, "flows/event_detail.html", context)
