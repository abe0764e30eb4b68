"""The mailbox: mails that were caught instead of sent."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.models import CaughtMail
from accounts.pages.access import one, page
from accounts.roles import Permission
from accounts.scope import visible
from accounts.services import mail

PAGE_SIZE = 50


def readable_mails(actor: Actor) -> QuerySet[CaughtMail]:
    """The mails that the actor may read. Those of the program itself hold links that set passwords."""
    rows = visible(CaughtMail, actor)
    return rows if actor.may(Permission.manage_platform) else rows.exclude(run_id=None)


@page(Permission.view)
def mail_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The mails that were caught, newest first."""
    _need_mailbox()
    rows = readable_mails(actor).select_related("tenant").defer("text", "html")
    if text := request.GET.get("q", "").replace("\x00", "").strip()[:120]:
        rows = rows.filter(Q(subject__icontains=text) | Q(to__icontains=text))
    context = {
        "mails": rows[:PAGE_SIZE],
        "q": text,
        "shows_tenants": actor.is_platform,
        "may_empty": actor.may(Permission.manage_platform),
    }
    return render(request, "accounts/mail_list.html", context)


@page(Permission.view)
def mail_detail(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One mail as its readers would get it."""
    _need_mailbox()
    found = one(readable_mails(actor).select_related("tenant"), pk)
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
