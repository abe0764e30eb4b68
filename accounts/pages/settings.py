"""The platform's settings and the audit trail."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.models import AuditEntry, PlatformSettings
from accounts.pages.access import page, problems_into
from accounts.pages.forms import PlatformForm
from accounts.roles import Permission
from accounts.scope import visible
from accounts.services import mail, platform
from common.problems import Problem

PAGE_SIZE = 50


@page(Permission.manage_platform, "GET POST")
def platform_settings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The networks that flows may call, who may send mail, and how mail leaves."""
    row = PlatformSettings.load()
    initial = {name: "\n".join(getattr(row, name)) for name in platform.CHECKS}
    form = PlatformForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name].split() for name in platform.CHECKS}
        with problems_into(form):
            platform.update(actor, values)
            messages.success(request, "The settings are saved.")
            return redirect("accounts:platform-settings")
    return render(request, "accounts/platform_settings.html", {"form": form, "mail_status": mail.status()})


@page(Permission.manage_platform, "POST")
def test_mail(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Send a mail to the one who asks, and say how it went."""
    try:
        mail.send_test(actor, str(getattr(request.user, "email", "")))
    except Problem as problem:
        messages.error(request, f"The test mail did not go out. {problem.message} {problem.hint}".strip())
    else:
        messages.success(request, "The test mail is on its way.")
    return redirect("accounts:platform-settings")


@page(Permission.view_audit)
def audit_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who did what, newest first, a slice at a time."""
    rows = filtered(visible(AuditEntry, actor), request.GET)
    before, after = _number(request.GET.get("before", "")), _number(request.GET.get("after", ""))
    if after is not None:
        found = list(rows.filter(id__gt=after).order_by("id")[: PAGE_SIZE + 1])
        has_newer, has_older = len(found) > PAGE_SIZE, True
        found = found[:PAGE_SIZE][::-1]
    else:
        found = list((rows.filter(id__lt=before) if before else rows).order_by("-id")[: PAGE_SIZE + 1])
        has_newer, has_older = before is not None, len(found) > PAGE_SIZE
        found = found[:PAGE_SIZE]
    context = {
        "entries": found,
        "newer": str(found[0].pk) if found and has_newer else "",
        "older": str(found[-1].pk) if found and has_older else "",
        "chosen": {name: request.GET.get(name, "") for name in ("q", "target", "verb")},
    }
    return render(request, "accounts/audit_list.html", context)


def filtered(rows: QuerySet[AuditEntry], query: QueryDict) -> QuerySet[AuditEntry]:
    """Entries of a `target` and a `verb`, with `q` as the one who did it or as the thing's id."""
    if text := query.get("q", "").strip()[:120]:
        rows = rows.filter(Q(actor_name__icontains=text) | Q(target_id=text[:64]))
    for name in ("target", "verb"):
        if value := query.get(name, "").strip()[:60]:
            rows = rows.filter(**{name: value.replace(" ", "_").lower()})
    return rows.select_related("tenant")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
