"""The overview: is all well, and if not, where to look."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from common.clock import SystemClock
from flows.services.first_steps import progress_of
from flows.services.run_statistics import failing_flows, flow_counts, next_schedules, open_runs, runs_by_hour

CHART_HEIGHT = 96


@page(Permission.view_own)
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Queue depth, the last 24 hours, failing flows; refreshes itself. Who sees no flows begins elsewhere."""
    if not actor.may(Permission.view):
        decides = actor.may(Permission.workflow_override)
        return redirect(settings.REVIEW_START_PAGE if decides else settings.OWN_START_PAGE)
    now = SystemClock().now()
    hours = runs_by_hour(actor, now)
    totals = {
        kind: sum(hour[kind] for hour in hours) for kind in ("succeeded", "failed", "cancelled", "open")
    }
    steps = progress_of(actor)
    context = {
        "steps": steps if steps and not steps.is_over else None,
        "open": open_runs(actor, now),
        "totals": totals,
        "finished": totals["succeeded"] + totals["failed"],
        "bars": _bars(hours),
        "failing": failing_flows(actor, now),
        "flows": flow_counts(actor),
        "next_schedules": next_schedules(actor),
    }
    return render(request, "flows/home.html", context)


def _bars(hours: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stacked bars as SVG geometry: for each hour `x`, its parts as `{"kind", "y", "height"}`, its title."""
    most = max((_total(hour) for hour in hours), default=0) or 1
    bars = []
    for position, hour in enumerate(hours):
        parts, y = [], float(CHART_HEIGHT)
        for kind in ("succeeded", "cancelled", "open", "failed"):
            if hour[kind]:
                height = max(1.5, hour[kind] / most * CHART_HEIGHT)
                y -= height
                parts.append({"kind": kind, "y": f"{y:.1f}", "height": f"{height:.1f}"})
        bars.append({"x": position * 20, "hour": hour["hour"], "parts": parts, "total": _total(hour), **hour})
    return bars


def _total(hour: dict[str, Any]) -> int:
    return int(hour["succeeded"] + hour["failed"] + hour["cancelled"] + hour["open"])
