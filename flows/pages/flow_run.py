"""Run a flow now, with a payload that a person looked at."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from common.ids import uuid_from
from common.problems import Problem
from flows.models import Flow, Run
from flows.pages.forms import RunNowForm, posted
from flows.pages.refusals import why_not_run
from flows.sdk import JsonObject
from flows.services.credential_names import published_credentials
from flows.services.flow_reading import flow_for
from flows.services.flows import read_or_refuse
from flows.services.run_reading import run_for
from flows.services.samples import choose_sample, runs_with_events
from flows.services.starting import start_flow
from look.templatetags.ui import pretty_json


@page(Permission.run_flows, "GET POST")
def flow_run(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """A form with a sample payload; sending it opens the run that it started."""
    flow = flow_for(actor, flow_id)
    chosen = uuid_from(request.GET.get("sample", ""))
    form = RunNowForm(posted(request), initial={"payload": pretty_json(_payload(actor, flow, chosen))})
    form.fields["is_test"].help_text = tried_with = _tried_with(flow)
    if request.method == "POST" and form.is_valid():
        try:
            accepted = start_flow(actor=actor, flow=flow, **form.cleaned_data)
        except Problem as problem:
            form.add_problem(problem)
        else:
            return _shown(request, run_for(actor, accepted.runs[0]))
    context = {
        "flow": flow,
        "form": form,
        "samples": _samples(actor, flow),
        "chosen": str(chosen or request.POST.get("sample", "")),
        "offers_test": bool(tried_with) or form.is_bound,
        "refusal": why_not_run(actor, flow),
    }
    return render(request, "flows/flow_run.html", context)


def _tried_with(flow: Flow) -> str:
    """Which credentials a test run opens with their values for trying out; nothing when none has such."""
    found = published_credentials(flow)
    names = {
        is_test: ", ".join(one.name for one in found if one.has_staging is is_test)
        for is_test in (True, False)
    }
    if not names[True]:
        return ""
    rest = f" These have none and work with their real ones: {names[False]}." if names[False] else ""
    return f"Credentials open with their values for trying out: {names[True]}.{rest}"


def _shown(request: HttpRequest, run: Run) -> HttpResponse:
    if run.status == Run.Status.CANCELLED:
        messages.warning(request, f"It did not run: {(run.error or {}).get('message', '')}")
    else:
        messages.success(request, "Started. This page follows the run.")
    return redirect("flows:run-detail", run.id)


def _samples(actor: Actor, flow: Flow) -> list[tuple[str, str]]:
    """The trigger's own sample, then the events of the newest runs."""
    samples = [(str(run.event_id), _label(run, run.event.type)) for run in runs_with_events(actor, flow)]
    return [("", "Sample of the trigger"), *samples]


def _label(run: Run, event_type: str) -> str:
    when = f"{run.event.accepted_at:%Y-%m-%d %H:%M:%S} UTC"
    return " · ".join(part for part in (event_type, run.subject, when) if part)


def _payload(actor: Actor, flow: Flow, event_id: UUID | None) -> JsonObject:
    """That of the event, if it is in reach; else what the trigger expects."""
    document = read_or_refuse(flow.published.document if flow.published else flow.draft, is_draft=True)
    try:
        return choose_sample(actor, document, flow.tenant_id, event_id=event_id).payload
    except Problem:
        return choose_sample(actor, document, flow.tenant_id).payload
