"""One run: what happened, and what may be done about it."""

from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.scope import visible
from flows.engine.states import FINAL_RUN_STATUSES
from flows.models import Event, FlowVersion, Run, Step
from flows.services.reach import flows_in_reach
from flows.services.run_reading import logs_of, steps_of
from flows.services.runs import run_for

SHOWN_LINES = 200


@page(Permission.view)
def run_detail(request: HttpRequest, actor: Actor, run_id: UUID) -> HttpResponse:
    """The run page; its head refreshes itself until the run is final."""
    run = run_for(actor, run_id)
    newest = (
        FlowVersion.objects.filter(flow_id=run.flow_id, id=F("flow__published_id")).only("number").first()
    )
    names = {node["id"]: node["name"] for node in run.version.document.get("nodes", [])}
    steps = steps_of(run)
    may_go_on = run.status in (Run.Status.FAILED, Run.Status.CANCELLED)
    context = {
        "run": run,
        "is_open": run.status not in FINAL_RUN_STATUSES,
        "may_run": actor.may(Permission.run_flows),
        "may_resume": may_go_on and run.last_cursor is not None,
        "flow_visible": flows_in_reach(actor).filter(id=run.flow_id).exists(),
        "run_error_node": names.get((run.error or {}).get("node"), ""),
        "newest_number": newest.number if newest else None,
        "retries": visible(Run, actor).filter(retried_from=run).only("id", "status"),
        "started_events": visible(Event, actor).filter(cause_run_id=run.id).only("id", "type")[:20],
        "interrupted": [step for step in steps if step["status"] == Step.Status.INTERRUPTED],
        "steps": steps,
        "lines": [
            {
                **line,
                "at": datetime.fromisoformat(line["at"]),
                "node_name": names.get(line["node"], line["node"]),
            }
            for line in logs_of(run, limit=SHOWN_LINES)
        ],
    }
    return render(request, "flows/run_detail.html", context)
