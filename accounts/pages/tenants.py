"""The pages of tenants."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.deletion import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.pages.forms import TenantForm
from accounts.roles import Permission
from accounts.scope import one
from accounts.services import tenants
from accounts.services.filters import TenantFilter, narrowed

PAGE_SIZE = 50


@page(Permission.manage_platform)
def tenant_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All tenants, by name, with search."""
    rows = narrowed(TenantFilter, tenants.with_people(actor), request.GET)
    found = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/tenant_list.html", {"page": found, "q": request.GET.get("q", "")})


@page(Permission.manage_platform, "GET POST")
def tenant_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = TenantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            tenant = tenants.create(actor, form.cleaned_data)
            messages.success(request, f"{tenant.name} is added.")
            return redirect("accounts:tenant-list")
    return render(request, "accounts/tenant_form.html", {"form": form})


@page(Permission.manage_platform, "GET POST")
def tenant_edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    tenant = one(tenants.listed(actor), pk)
    form = TenantForm(
        request.POST or None,
        initial={
            **{field: getattr(tenant, field) for field in tenants.FIELDS},
            "mail_senders": "\n".join(tenant.mail_senders),
        },
    )
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            values = {**form.cleaned_data, "slug": form.cleaned_data["slug"] or tenant.slug}
            tenants.update(actor, tenant, values)
            messages.success(request, f"{values['name']} is saved.")
            return redirect("accounts:tenant-list")
    return render(request, "accounts/tenant_form.html", {"form": form, "tenant": tenant})


@page(Permission.manage_platform, "POST")
def tenant_delete(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Remove a tenant to whom nothing belongs."""
    tenant = one(tenants.listed(actor), pk)
    try:
        tenants.delete(actor, tenant)
    except ProtectedError:
        messages.error(request, f"Other things still belong to {tenant.name}. Make it inactive instead.")
        return redirect("accounts:tenant-edit", pk)
    messages.success(request, f"{tenant.name} is deleted.")
    return redirect("accounts:tenant-list")
