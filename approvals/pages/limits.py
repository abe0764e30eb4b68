"""The page of what the servers of a tenant may come to."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from accounts.services import tenants
from approvals.services.limits import LARGEST, UNITS, limits_of, set_limits
from look.forms import SiteForm


def _limit(unit: str) -> forms.IntegerField:
    label = f"{unit[0].upper()}{unit[1:]} at most"
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=LARGEST)


class LimitsForm(SiteForm):
    """The limits; an empty one is none."""

    servers = _limit(UNITS["servers"])
    cpu = _limit(UNITS["cpu"])
    ram = _limit(UNITS["ram"])
    disk = _limit(UNITS["disk"])


@page(Permission.manage_platform, "GET POST")
def tenant_limits(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    tenant = one(tenants.listed(actor), pk)
    row = limits_of(tenant.pk)
    initial: dict[str, Any] = {name: getattr(row, name) for name in UNITS}
    form = LimitsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            set_limits(actor, tenant, form.cleaned_data)
            messages.success(request, f"The limits of {tenant.name} are saved.")
            return redirect("accounts:tenant-edit", pk)
    return render(request, "approvals/tenant_limits.html", {"form": form, "tenant": tenant})
