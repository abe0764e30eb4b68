"""The pages of jobs: list, form, one job with its runs."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.services.filters import narrowed
from accounts.services.slices import newest_first
from common.ids import uuid_from
from common.problems import Problem
from flows.pages.forms import posted
from jobs.models import Job
from jobs.pages.forms import JobForm, LaunchForm
from jobs.services import jobs, launching
from jobs.services.filters import JobFilter
from jobs.services.follow_ups import MODES, follow_ups, offered
from jobs.services.reach import job_for, jobs_in_reach
from jobs.services.run_reading import last_states, runs_of

PAGE_SIZE = 25
RUNS = 25
AS_JSON = ("parameters", "environment")


@page(Permission.view)
def job_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All jobs by name, with search."""
    rows = narrowed(JobFilter, jobs_in_reach(actor), request.GET)
    found = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    last = last_states([job.id for job in found.object_list])
    context = {
        "page": found,
        "rows": [(job, last.get(job.id)) for job in found.object_list],
        "chosen": {"q": request.GET.get("q", ""), "kind": request.GET.get("kind", "")},
        "kinds": Job.Kind.choices,
        "is_filtered": any(request.GET.get(name) for name in ("q", "kind")),
        "shows_tenants": actor.is_platform,
    }
    return render(request, "jobs/job_list.html", context)


@page(Permission.publish_flows, "GET POST")
def job_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = JobForm(posted(request), actor=actor, is_new=True, initial={"is_enabled": True})
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            values = form.values()
            tenant = values.pop("tenant", None)
            job = jobs.create_job(actor=actor, tenant_id=tenant.pk if tenant else None, **values)
            messages.success(request, f"{job.name} is added.")
            return redirect("jobs:job-detail", job.id)
    return render(request, "jobs/job_form.html", {"form": form})


@page(Permission.publish_flows, "GET POST")
def job_edit(request: HttpRequest, actor: Actor, job_id: UUID) -> HttpResponse:
    job = job_for(actor, job_id)
    form = JobForm(posted(request), actor=actor, is_new=False, initial=_initial(job))
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            jobs.change_job(actor=actor, job=job, **form.values())
            messages.success(request, f"{job.name} is saved.")
            return redirect("jobs:job-detail", job.id)
    return render(request, "jobs/job_form.html", {"form": form, "job": job})


def _initial(job: Job) -> dict[str, Any]:
    values = {name: getattr(job, name) for name in JobForm.base_fields if name != "tenant"}
    values.update({name: _json_text(values[name]) for name in AS_JSON})
    values["expected_exit_codes"] = ", ".join(str(code) for code in job.expected_exit_codes)
    return values


def _json_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""


@page(Permission.view)
def job_detail(request: HttpRequest, actor: Actor, job_id: UUID) -> HttpResponse:
    """One job: what it runs and when, its runs, and what follows them."""
    job = job_for(actor, job_id)
    before, after = uuid_from(request.GET.get("before", "")), uuid_from(request.GET.get("after", ""))
    found = newest_first(runs_of(actor, job), before, after, RUNS)
    context = {
        "job": job,
        "slice": found,
        "runs": found.rows,
        "lists": [(mode, follow_ups(job, mode)) for mode in MODES],
        "offered": offered(),
        "may_change": actor.may(Permission.publish_flows),
        "may_run": actor.may(Permission.run_flows),
    }
    return render(request, "jobs/job_detail.html", context)


@page(Permission.run_flows, "GET POST")
def job_launch(request: HttpRequest, actor: Actor, job_id: UUID) -> HttpResponse:
    """Run it now, and say why."""
    job = job_for(actor, job_id)
    form = LaunchForm(posted(request))
    if request.method == "POST" and form.is_valid():
        overrides = {"parameters": form.cleaned_data["parameters"]}
        how = launching.Launch(
            schedule_type="adhoc-web", reason=form.cleaned_data["reason"], overrides=overrides
        )
        with problems_into(form):
            made = launching.launch(actor=actor, job=job, how=how)
            return redirect("jobs:job-run-detail", made.id)
    return render(request, "jobs/job_launch.html", {"form": form, "job": job})


@page(Permission.publish_flows, "POST")
def job_switch(request: HttpRequest, actor: Actor, job_id: UUID) -> HttpResponse:
    job = job_for(actor, job_id)
    is_on = request.POST.get("on") == "1"
    try:
        jobs.change_job(actor=actor, job=job, is_enabled=is_on)
    except Problem as problem:
        messages.error(request, problem.told)
    else:
        messages.success(request, f"{job.name} is {'on' if is_on else 'off'}.")
    return redirect("jobs:job-detail", job.id)


@page(Permission.publish_flows, "POST")
def job_delete(request: HttpRequest, actor: Actor, job_id: UUID) -> HttpResponse:
    job = job_for(actor, job_id)
    jobs.delete_job(actor=actor, job=job)
    messages.success(request, f"{job.name} is deleted.")
    return redirect("jobs:job-list")
