"""The pages of scopes."""

from django.contrib import messages
from django.db.models.deletion import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.pages.forms import ScopeForm
from accounts.roles import Permission
from accounts.scope import one
from accounts.services import scopes


@page(Permission.manage_platform)
def scope_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All scopes, by name."""
    return render(request, "accounts/scope_list.html", {"scopes": scopes.listed(actor)})


@page(Permission.manage_platform, "GET POST")
def scope_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = ScopeForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            scope = scopes.create(actor, form.cleaned_data)
            messages.success(request, f"{scope.name} is added.")
            return redirect("accounts:scope-list")
    return render(request, "accounts/scope_form.html", {"form": form})


@page(Permission.manage_platform, "GET POST")
def scope_edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    scope = one(scopes.listed(actor), pk)
    initial = {
        "name": scope.name,
        "is_everyone": scope.is_everyone,
        "tenants": [tenant.pk for tenant in scope.tenants.all()],
    }
    form = ScopeForm(actor, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            scopes.update(actor, scope, form.cleaned_data)
            messages.success(request, f"{form.cleaned_data['name']} is saved.")
            return redirect("accounts:scope-list")
    return render(request, "accounts/scope_form.html", {"form": form, "scope": scope})


@page(Permission.manage_platform, "POST")
def scope_delete(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Remove a scope that nobody has."""
    scope = one(scopes.listed(actor), pk)
    try:
        scopes.delete(actor, scope)
    except ProtectedError:
        messages.error(request, f"There are still users with {scope.name}. Give them another scope first.")
        return redirect("accounts:scope-edit", pk)
    messages.success(request, f"{scope.name} is deleted.")
    return redirect("accounts:scope-list")
