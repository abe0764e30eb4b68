"""Resume all failed runs that a filter leaves: first how many, then what became of them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.services.filters import narrowed
from common.ids import uuid_from
from flows.models import Run
from flows.pages.runs import FILTERS
from flows.services.filters import RunPageFilter
from flows.services.resume_failed import (
    MOST_COUNTED,
    MOST_RESUMED,
    Resumed,
    count_resumable,
    resume_failed,
)
from flows.services.run_reading import listed

SHOWN_FLOWS = 10


@page(Permission.run_flows, "GET POST")
def run_resume_failed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say how many, a flow; then do it for those that were counted."""
    rows = _failed(actor, request.GET)
    if request.method == "POST":
        newest = uuid_from(request.POST.get("newest", ""))
        if newest is not None:
            _tell(request, resume_failed(actor=actor, runs=rows, newest=newest))
        return redirect(f"{reverse('flows:run-list')}?{_query(request.GET)}")
    return render(request, "flows/resume_failed.html", _context(rows, request.GET))


def _failed(actor: Actor, query: QueryDict) -> QuerySet[Run]:
    return narrowed(RunPageFilter, listed(actor), {**query.dict(), "status": Run.Status.FAILED})


def _context(rows: QuerySet[Run], query: QueryDict) -> dict[str, Any]:
    found = count_resumable(rows)
    return {
        "total": min(found.total, MOST_COUNTED),
        "is_more_than_counted": found.total > MOST_COUNTED,
        "at_once": min(found.total, MOST_RESUMED),
        "newest": found.newest,
        "flows": found.by_flow[:SHOWN_FLOWS],
        "other_flows": max(len(found.by_flow) - SHOWN_FLOWS, 0),
        "query": _query(query),
    }


def _query(query: QueryDict) -> str:
    chosen = {name: query[name] for name in FILTERS if query.get(name)}
    return urlencode({**chosen, "status": Run.Status.FAILED.value})


def _tell(request: HttpRequest, done: Resumed) -> None:
    amount = len(done.runs)
    if amount:
        messages.success(request, f"Resumed {amount} run{'' if amount == 1 else 's'}.")
    elif not done.refused:
        messages.info(request, "Nothing was left to resume.")
    for reason, count in done.refused.items():
        messages.warning(request, f"{count} left as {'it is' if count == 1 else 'they are'}: {reason}")
    if done.has_more:
        messages.info(request, "There are more: resume again for the next ones.")
