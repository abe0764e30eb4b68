"""The pages of API tokens."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import one, page, problems_into
from accounts.pages.forms import TokenForm
from accounts.roles import Permission
from accounts.services import tokens
from common.clock import SystemClock

PAGE_SIZE = 50


@page(Permission.manage_tokens)
def token_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One's own tokens; all in reach for one who manages users."""
    found = Paginator(tokens.listed(actor).order_by("-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": found, "now": SystemClock().now(), "shows_owners": actor.may(Permission.manage_users)}
    return render(request, "accounts/token_list.html", context)


@page(Permission.manage_tokens, "GET POST")
def token_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a token; its text is shown once."""
    form = TokenForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            token, text = tokens.create(actor, **form.cleaned_data)
            return render(request, "accounts/token_made.html", {"token": token, "text": text})
    return render(request, "accounts/token_form.html", {"form": form})


@page(Permission.manage_tokens, "POST")
def token_revoke(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """End a token."""
    token = one(tokens.listed(actor), pk)
    tokens.revoke(actor, token)
    messages.success(request, f"{token.name} is revoked.")
    return redirect("accounts:token-list")
