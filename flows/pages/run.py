"""One run: what happened, and what may be done about it."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from flows.engine.states import FINAL_RUN_STATUSES
from flows.models import Run, Step
from flows.services.run_reading import around, logs_of, run_for, steps_of

SHOWN_LINES = 200


@page(Permission.view)
def run_detail(request: HttpRequest, actor: Actor, run_id: UUID) -> HttpResponse:
    """The run page; its head refreshes itself until the run is final."""
    run = run_for(actor, run_id)
    names = {node["id"]: node["name"] for node in run.version.document.get("nodes", [])}
    steps = steps_of(run)
    may_go_on = run.status in (Run.Status.FAILED, Run.Status.CANCELLED)
    context = {
        "run": run,
        "is_open": run.status not in FINAL_RUN_STATUSES,
        "may_run": actor.may(Permission.run_flows),
        "may_resume": may_go_on and run.last_cursor is not None,
        "run_error_node": names.get((run.error or {}).get("node"), ""),
        "around": around(run, actor),
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
