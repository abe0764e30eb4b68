"""One run: what happened, and what may be done about it."""

from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import visible
from flows.engine.states import FINAL_RUN_STATUSES
from flows.models import Event, FlowVersion, LogLine, Run, Step
from flows.pages.access import flows_of, not_found, page

SHOWN_STEPS = 500
SHOWN_LINES = 200


def run_of(actor: Actor, run_id: UUID) -> Run:
    """One run with its flow, version number and event type.

    Raises:
        Problem: 404 `not_found`.
    """
    found = (
        visible(Run, actor)
        .filter(id=run_id)
        .select_related("flow", "version", "event", "tenant")
        .defer("flow__draft", "event__payload", "event__outcomes", "last_cursor")
        .first()
    )
    if found is None:
        raise not_found("run")
    return found


@page(Permission.view)
def run_detail(request: HttpRequest, actor: Actor, run_id: UUID) -> HttpResponse:
    """The run page; its head refreshes itself until the run is final."""
    run = run_of(actor, run_id)
    newest = (
        FlowVersion.objects.filter(flow_id=run.flow_id, id=F("flow__published_id")).only("number").first()
    )
    nodes = {node["id"]: node for node in run.version.document.get("nodes", [])}
    steps = list(Step.objects.filter(run=run).order_by("id")[:SHOWN_STEPS])
    for step in steps:
        step.node = nodes.get(step.node_id, {})  # type: ignore[attr-defined]
    lines = list(LogLine.objects.filter(run=run).order_by("seq")[:SHOWN_LINES])
    for line in lines:
        line.node_name = nodes.get(line.node_id, {}).get("name", line.node_id)  # type: ignore[attr-defined]
    context = {
        "run": run,
        "is_open": run.status not in FINAL_RUN_STATUSES,
        "may_run": actor.may(Permission.run_flows),
        "may_resume": run.status in (Run.Status.FAILED, Run.Status.CANCELLED) and _has_cursor(run),
        "flow_visible": flows_of(actor).filter(id=run.flow_id).exists(),
        "run_error_node": nodes.get((run.error or {}).get("node"), {}).get("name", ""),
        "newest_number": newest.number if newest else None,
        "retries": visible(Run, actor).filter(retried_from=run).only("id", "status"),
        "started_events": visible(Event, actor).filter(cause_run_id=run.id).only("id", "type")[:20],
        "interrupted": [step for step in steps if step.status == Step.Status.INTERRUPTED],
        "steps": steps,
        "lines": lines,
    }
    return render(request, "flows/run_detail.html", context)


def _has_cursor(run: Run) -> bool:
    return Run.objects.filter(id=run.id, last_cursor__isnull=False).exists()
