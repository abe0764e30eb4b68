"""The page of one run of a job: its output as it comes, and what became of it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from common.problems import Problem
from jobs.services.launching import cancel_job_run
from jobs.services.output import output_lines
from jobs.services.reach import job_run_for
from jobs.services.run_reading import attempts_of

SHOWN_LINES = 200


@page(Permission.view)
def job_run_detail(request: HttpRequest, actor: Actor, job_run_id: UUID) -> HttpResponse:
    """One run of a job; its head refreshes itself until the run is final."""
    job_run = job_run_for(actor, job_run_id)
    context = {
        "job_run": job_run,
        "job": job_run.job,
        "is_open": not job_run.is_over,
        "may_run": actor.may(Permission.run_flows),
        "attempts": attempts_of(job_run),
        "lines": output_lines(job_run, limit=SHOWN_LINES) if job_run.run_id else [],
    }
    return render(request, "jobs/job_run_detail.html", context)


@page(Permission.run_flows, "POST")
def job_run_cancel(request: HttpRequest, actor: Actor, job_run_id: UUID) -> HttpResponse:
    job_run = job_run_for(actor, job_run_id)
    try:
        cancel_job_run(actor=actor, job_run=job_run)
    except Problem as problem:
        messages.error(request, problem.told)
    else:
        messages.success(request, "The job run is being cancelled.")
    return redirect("jobs:job-run-detail", job_run.id)
