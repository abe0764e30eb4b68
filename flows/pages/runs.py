"""The list of runs, of all flows or of one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.services.filters import RANGE_CHOICES, narrowed
from accounts.services.slices import newest_first
from common.ids import uuid_from
from flows.models import Run
from flows.services.filters import RunPageFilter
from flows.services.flow_reading import flow_for, flow_names
from flows.services.run_reading import listed

FILTERS = ("q", "flow", "status", "event_type", "range", "since", "until")


@page(Permission.view)
def run_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All runs in reach, newest first, with filters."""
    context = {**_listed(actor, request.GET), "flows": flow_names(actor)}
    return render(request, "flows/run_list.html", context)


@page(Permission.view)
def flow_runs(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """The runs of one flow, as a tab of its pages."""
    flow = flow_for(actor, flow_id, has_documents=False)
    context = _listed(actor, request.GET, flow=str(flow.id))
    return render(request, "flows/flow_runs.html", {**context, "flow": flow})


def _listed(actor: Actor, query: QueryDict, **fixed: str) -> dict[str, Any]:
    chosen = {**{name: query.get(name, "") for name in FILTERS}, **fixed}
    before, after = uuid_from(query.get("before", "")), uuid_from(query.get("after", ""))
    found = newest_first(narrowed(RunPageFilter, listed(actor), chosen), before, after)
    return {
        "slice": found,
        "runs": found.rows,
        "statuses": Run.Status.values,
        "ranges": RANGE_CHOICES,
        "chosen": chosen,
        "is_filtered": any(query.get(name) for name in FILTERS),
        "shows_tenants": actor.is_platform,
        "has_failed": any(run.status == Run.Status.FAILED for run in found.rows),
    }
