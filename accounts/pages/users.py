"""The pages of users."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.deletion import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.models import User
from accounts.pages.access import page, problems_into
from accounts.pages.forms import UserForm
from accounts.roles import Permission, Role
from accounts.scope import one
from accounts.services import tenants, users
from accounts.services.filters import UserFilter, narrowed

PAGE_SIZE = 50


@page(Permission.manage_users)
def user_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Users in reach, by address, with search."""
    rows = narrowed(UserFilter, users.listed(actor), request.GET)
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "roles": list(Role),
        "tenants": tenants.listed(actor) if actor.is_platform else [],
        "chosen": {name: request.GET.get(name, "") for name in ("q", "role", "tenant")},
        "is_filtered": any(request.GET.get(name) for name in ("q", "role", "tenant")),
        "shows_tenants": actor.is_platform,
    }
    return render(request, "accounts/user_list.html", context)


@page(Permission.manage_users, "GET POST")
def user_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a user; the one-time password is shown once."""
    form = UserForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            user, password = users.create(actor, form.cleaned_data)
            if password is not None:
                return _password_shown(request, user, password)
            if user.is_machine:
                messages.success(request, f"{user.name} is added. Make the token that the program will use.")
                return redirect("accounts:user-edit", user.pk)
            messages.success(request, f"{user.name} is added.")
            return redirect("accounts:user-list")
    return render(request, "accounts/user_form.html", {"form": form})


@page(Permission.manage_users, "GET POST")
def user_edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    user = one(users.listed(actor), pk)
    initial: dict[str, Any] = {field: getattr(user, field) for field in users.FIELDS}
    form = UserForm(actor, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            users.update(actor, user, form.cleaned_data)
            messages.success(request, f"{user.name} is saved.")
            return redirect("accounts:user-list")
    return render(request, "accounts/user_form.html", {"form": form, "person": user})


@page(Permission.manage_users, "POST")
def user_reset(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A one-time password for a user, shown once."""
    user = one(users.listed(actor), pk)
    return _password_shown(request, user, users.reset_password(actor, user))


@page(Permission.manage_users, "POST")
def user_delete(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Remove a user to whom nothing belongs."""
    user = one(users.listed(actor), pk)
    try:
        users.delete(actor, user)
    except ProtectedError:
        messages.error(
            request, f"Other things still belong to {user.name}. Make the account inactive instead."
        )
        return redirect("accounts:user-edit", pk)
    messages.success(request, f"{user.name} is deleted.")
    return redirect("accounts:user-list")


def _password_shown(request: HttpRequest, user: User, password: str) -> HttpResponse:
    return render(request, "accounts/one_time_password.html", {"person": user, "password": password})
