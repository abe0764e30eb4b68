"""The pages of the workflow's settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from accounts.services import tenants
from approvals.pages.workflow_forms import TenantWorkflowForm, WorkflowForm
from approvals.services.limits import UNITS, set_limits
from approvals.services.settings import set_tenant_workflow, set_workflow, workflow_settings


@page(Permission.manage_platform, "GET POST")
def platform_workflow(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whether operations wait for review, and where held tasks are sent."""
    form = WorkflowForm(workflow_settings(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            set_workflow(actor, **form.cleaned_data)
            messages.success(request, "The workflow is saved.")
            return redirect("approvals:workflow")
    return render(request, "approvals/workflow.html", {"form": form})


@page(Permission.manage_platform, "GET POST")
def tenant_workflow(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The same for one tenant, with its limits."""
    tenant = one(tenants.listed(actor), pk)
    form = TenantWorkflowForm(tenant, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        with problems_into(form):
            set_tenant_workflow(actor, tenant, values["is_enabled"])
            set_limits(actor, tenant, {name: values[name] for name in UNITS})
            messages.success(request, f"The workflow of {tenant.name} is saved.")
            return redirect("accounts:tenant-edit", pk)
    is_on = workflow_settings().is_enabled
    context = {"form": form, "tenant": tenant, "is_on": is_on}
    return render(request, "approvals/tenant_workflow.html", context)
