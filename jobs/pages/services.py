"""The pages of services that flows may stop: the platform's admin alone."""

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from accounts.services.filters import narrowed
from flows.pages.forms import posted
from jobs.models import Service
from jobs.pages.approved_forms import ServiceForm
from jobs.pages.commands import PAGE_SIZE
from jobs.services import stoppable
from jobs.services.filters import ServiceFilter
from jobs.services.stoppable import WAYS, services_in_reach


@page(Permission.manage_platform)
def service_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All services that may be stopped, by name."""
    rows = narrowed(ServiceFilter, services_in_reach(actor), request.GET)
    found = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "jobs/service_list.html", {"page": found, "q": request.GET.get("q", "")})


@page(Permission.manage_platform, "GET POST")
def service_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = ServiceForm(posted(request), actor=actor)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            service = stoppable.create_service(actor=actor, **form.values())
            messages.success(request, f"{service.name} may be stopped.")
            return redirect("jobs:service-list")
    return render(request, "jobs/service_form.html", {"form": form})


@page(Permission.manage_platform, "GET POST")
def service_edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    service = one(services_in_reach(actor), pk)
    form = ServiceForm(posted(request), actor=actor, initial=_initial(service))
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            stoppable.change_service(actor=actor, service=service, **form.values())
            messages.success(request, f"{service.name} is saved.")
            return redirect("jobs:service-list")
    return render(request, "jobs/service_form.html", {"form": form, "service": service})


def _initial(service: Service) -> dict[str, Any]:
    values = {name: getattr(service, name) for name in ServiceForm.base_fields if name != "tenants"}
    values["tenants"] = list(service.tenants.all())
    for way in WAYS:
        parameters = values[f"{way}_parameters"]
        values[f"{way}_parameters"] = json.dumps(parameters, ensure_ascii=False) if parameters else ""
    for name in ("running_codes", "stopped_codes"):
        values[name] = ", ".join(str(code) for code in values[name])
    return values


@page(Permission.manage_platform, "POST")
def service_delete(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    service = one(services_in_reach(actor), pk)
    stoppable.delete_service(actor=actor, service=service)
    messages.success(request, f"{service.name} may be stopped no more.")
    return redirect("jobs:service-list")
