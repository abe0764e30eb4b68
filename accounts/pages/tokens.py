"""The pages of API tokens."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.models import User
from accounts.pages.access import page, problems_into
from accounts.pages.forms import TokenForm
from accounts.roles import Permission
from accounts.scope import one
from accounts.services import tokens
from common.clock import SystemClock
from common.ids import row_id

PAGE_SIZE = 50


@page(Permission.manage_tokens)
def token_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One's own tokens; all in reach for one who manages users."""
    found = Paginator(tokens.listed(actor), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": found, "now": SystemClock().now(), "shows_owners": actor.may(Permission.manage_users)}
    return render(request, "accounts/token_list.html", context)


@page(Permission.manage_tokens, "GET POST")
def token_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a token of one's own or, with `?user=`, of an integration; its text is shown once."""
    machine = _machine(actor, request.GET.get("user", ""))
    form = TokenForm(actor, machine, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            token, text = tokens.create(actor, **form.cleaned_data, user=machine)
            return render(request, "accounts/token_made.html", {"token": token, "text": text})
    return render(request, "accounts/token_form.html", {"form": form, "machine": machine})


def _machine(actor: Actor, given: str) -> User | None:
    """The integration whose id is given; None when none is."""
    if not given:
        return None
    actor.need(Permission.manage_users)
    return one(tokens.machines(actor), row_id(given) or 0)


@page(Permission.manage_tokens, "POST")
def token_revoke(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    token = one(tokens.listed(actor), pk)
    tokens.revoke(actor, token)
    messages.success(request, f"{token.name} is revoked.")
    return redirect("accounts:token-list")
