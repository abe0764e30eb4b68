"""One run: what happened, and what may be done about it."""

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
        "interrupted": [taken for taken in steps if taken.step.status == Step.Status.INTERRUPTED],
        "steps": steps,
        "lines": [(line, names.get(line.node_id, line.node_id)) for line in logs_of(run, limit=SHOWN_LINES)],
    }
    return render(request, "flows/run_detail.html", context)
