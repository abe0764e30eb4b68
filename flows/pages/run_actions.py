"""What a person may do to a run."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from common.problems import Problem, bad_value
from flows.engine.cursor import Verdict
from flows.models import Run
from flows.services.run_reading import run_for
from flows.services.runs import cancel_run, decide_interrupted, resume_run, retry_run


def _tried(request: HttpRequest, run: Run, do: Callable[[], Run], message: str) -> HttpResponse:
    """Do it and show the run that came of it; when the run has moved on meanwhile, show why it was refused."""
    try:
        after = do()
    except Problem as problem:
        if problem.status != 409:
            raise
        messages.error(request, problem.told)
        return redirect("flows:run-detail", run.id)
    messages.success(request, message)
    return redirect("flows:run-detail", after.id)


@page(Permission.run_flows, "POST")
def run_cancel(request: HttpRequest, actor: Actor, run_id: UUID) -> HttpResponse:
    run = run_for(actor, run_id)
    return _tried(request, run, lambda: cancel_run(actor=actor, run=run), "The run is being cancelled.")


@page(Permission.run_flows, "POST")
def run_retry(request: HttpRequest, actor: Actor, run_id: UUID) -> HttpResponse:
    """Run the event again, on the same or the newest version."""
    run = run_for(actor, run_id)
    if request.POST.get("version") == "newest":
        return _tried(
            request,
            run,
            lambda: retry_run(actor=actor, run=run, version="newest"),
            "Running again on the newest version.",
        )
    return _tried(request, run, lambda: retry_run(actor=actor, run=run), "Running again.")


@page(Permission.run_flows, "POST")
def run_resume(request: HttpRequest, actor: Actor, run_id: UUID) -> HttpResponse:
    """Go on from the failed step, in a new run."""
    run = run_for(actor, run_id)
    return _tried(request, run, lambda: resume_run(actor=actor, run=run), "Going on from the failed step.")


@page(Permission.run_flows, "POST")
def run_decide(request: HttpRequest, actor: Actor, run_id: UUID) -> HttpResponse:
    """Repeat, skip or fail an interrupted step."""
    run = run_for(actor, run_id)
    verdicts: dict[str, Verdict] = {"repeat": "repeat", "skip": "skip", "fail": "fail"}
    decision = verdicts.get(request.POST.get("decision", ""))
    if decision is None:
        raise bad_value("bad_decision", "The decision is repeat, skip or fail.", field="decision")
    node = request.POST.get("node", "")
    return _tried(
        request,
        run,
        lambda: decide_interrupted(actor=actor, run=run, node=node, decision=decision),
        "Decided; the run goes on.",
    )
