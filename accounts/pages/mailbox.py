"""The mailbox: mails that were caught instead of sent."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.scope import one
from accounts.services import mail

PAGE_SIZE = 50


@page(Permission.view)
def mail_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The mails that were caught, newest first."""
    _need_mailbox()
    context = {
        "mails": mail.latest_mails(actor, request.GET, PAGE_SIZE),
        "q": request.GET.get("q", ""),
        "shows_tenants": actor.is_platform,
        "may_empty": actor.may(Permission.manage_platform),
    }
    return render(request, "accounts/mail_list.html", context)


@page(Permission.view)
def mail_detail(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One mail as its readers would get it."""
    _need_mailbox()
    found = one(mail.caught_mails(actor), pk)
    return render(request, "accounts/mail_detail.html", {"mail": found, "shows_tenants": actor.is_platform})


@page(Permission.manage_platform, "POST")
def mailbox_empty(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Throw all of them away."""
    _need_mailbox()
    mail.empty_mailbox(actor)
    messages.success(request, "The mailbox is empty.")
    return redirect("accounts:mail-list")


def _need_mailbox() -> None:
    if not mail.is_caught():
        raise Http404
