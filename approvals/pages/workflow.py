"""The workflow of the platform: its switches, the connector, and what was told to it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.models import Tenant
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.services.filters import TenantFilter, narrowed
from accounts.services.tenants import in_reach as tenants_in_reach
from accounts.services.tenants import listed as listed_tenants
from approvals.connector import reading
from approvals.models import Delivery, WorkflowSettings
from approvals.services import settings as workflow
from common.ids import row_id, uuid_from
from common.problems import Problem
from flows.pages.forms import posted
from look.forms import SiteForm

PAGE_SIZE = 20
TENANTS_ON_A_PAGE = 50


class WorkflowForm(SiteForm):
    is_enabled = forms.BooleanField(
        label="Hold operations for review",
        required=False,
        help_text="Deploy, reconfigure and undeploy of servers of the tenants below wait until somebody decides.",
    )
    tenants = forms.MultipleChoiceField(
        label="Of these tenants", required=False, widget=forms.CheckboxSelectMultiple
    )
    endpoint = forms.CharField(
        label="Workflow endpoint",
        required=False,
        max_length=workflow.MOST_ADDRESS,
        help_text="The address of a connector, which gets a POST for what is held. Empty: people decide by hand. "
        "One in a private network needs that network in the settings of the platform.",
    )
    body = forms.ChoiceField(label="Tasks are written as", choices=WorkflowSettings.Body.choices)
    connect_ms = forms.IntegerField(
        label="Time limit to connect, in milliseconds", min_value=workflow.LEAST_MS
    )
    read_ms = forms.IntegerField(label="Time limit to answer, in milliseconds", min_value=workflow.LEAST_MS)


@page(Permission.manage_platform, "GET POST")
def workflow_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The settings, with a page of the tenants, and the deliveries below them."""
    row, found = workflow.workflow_settings(), _tenants(request, actor)
    tenants = _shown(request, actor, found)
    on = workflow.tenant_workflows(tenants)
    initial = {name: getattr(row, name) for name in workflow.FIELDS}
    initial["tenants"] = [str(pk) for pk, is_on in on.items() if is_on]
    form = WorkflowForm(posted(request), initial=initial)
    choices = [(str(tenant.pk), tenant.name) for tenant in tenants]
    form.fields["tenants"].choices = choices  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            workflow.set_workflow(actor, **{name: form.cleaned_data[name] for name in workflow.FIELDS})
            for tenant in tenants:
                workflow.set_tenant_workflow(actor, tenant, str(tenant.pk) in form.cleaned_data["tenants"])
            messages.success(request, "The workflow is saved.")
            return redirect(request.get_full_path())
    deliveries = Paginator(reading.deliveries(actor), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "found": found,
        "q": request.GET.get("q", ""),
        "on": workflow.tenants_on(),
        "page": deliveries,
        "is_under_way": any(one.state == Delivery.State.WAITING for one in deliveries.object_list),
        "is_signed": bool(row.secret),
        "endpoint": row.endpoint,
    }
    return render(request, "approvals/workflow.html", context)


def _tenants(request: HttpRequest, actor: Actor) -> "Page[Tenant]":
    rows = narrowed(TenantFilter, listed_tenants(actor), request.GET)
    return Paginator(rows, TENANTS_ON_A_PAGE).get_page(request.GET.get("tenants"))


def _shown(request: HttpRequest, actor: Actor, found: "Page[Tenant]") -> list[Tenant]:
    """Those whose boxes the form has: what is not on the page stays as it is."""
    ids = [row_id(text) for text in request.POST.getlist("shown")[:TENANTS_ON_A_PAGE]]
    return tenants_in_reach(actor, [pk for pk in ids if pk]) if ids else list(found.object_list)


@page(Permission.manage_platform, "POST")
def workflow_test(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Send a made-up task."""
    try:
        reading.send_test(actor)
        messages.success(request, "The test is on its way: what becomes of it stands below.")
    except Problem as problem:
        messages.error(request, problem.told)
    return redirect("approvals:workflow")


@page(Permission.manage_platform, "POST")
def workflow_secret(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a signing secret and show it once, or drop it."""
    if "drop" in request.POST:
        workflow.drop_secret(actor)
        messages.success(request, "Deliveries are not signed any more.")
        return redirect("approvals:workflow")
    return render(request, "approvals/workflow_secret.html", {"secret": workflow.new_secret(actor)})


@page((Permission.manage_workflow, Permission.workflow_override), "POST")
def redeliver(request: HttpRequest, actor: Actor, delivery_id: UUID) -> HttpResponse:
    """Tell the connector once more."""
    reading.delivery_of(actor, delivery_id)
    try:
        reading.redeliver(actor, delivery_id)
        messages.success(request, "It is told again in a moment.")
    except Problem as problem:
        messages.error(request, problem.told)
    if (task_id := uuid_from(request.POST.get("task", ""))) is not None:
        return redirect("approvals:task-detail", task_id)
    return redirect("approvals:workflow" if actor.may(Permission.manage_platform) else "approvals:queue")
