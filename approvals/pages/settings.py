"""How people are told of tasks, and how long decisions take."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.models import Tenant
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from accounts.services import mail as post
from accounts.services.tenants import listed as listed_tenants
from approvals.services.figures import figures_for
from approvals.services.notice_settings import FIELDS, MOST_HOURS, set_telling, told_to
from common.ids import row_id
from flows.pages.forms import posted
from look.forms import SiteForm


class TellingForm(SiteForm):
    mails_reviewers = forms.BooleanField(
        label="Mail those who may decide",
        required=False,
        help_text="With links that open a page with one button; a link is one person's, and works once.",
    )
    approval_subject = forms.CharField(max_length=150, label="Subject of these mails")
    link_hours = forms.IntegerField(
        min_value=1, max_value=MOST_HOURS, label="Links are good for", help_text="Hours."
    )
    mails_requester = forms.BooleanField(
        label="Mail who asked",
        required=False,
        help_text="When the task is decided, fails, or has a question.",
    )
    requester_subject = forms.CharField(max_length=150, label="Subject of these mails")
    chat_url = forms.URLField(
        max_length=2000,
        required=False,
        assume_scheme="https",
        label="Address of a chat",
        help_text="An incoming webhook of Slack, Teams or Mattermost. It gets a message for each task that is held, "
        "with links that lead to the task behind sign-in. It is kept encrypted and not shown again; empty "
        "leaves it as it is.",
    )
    forget_chat = forms.BooleanField(label="Tell no chat any more", required=False)
    target_hours = forms.IntegerField(
        min_value=1,
        max_value=MOST_HOURS,
        label="A task should be decided within",
        help_text="Hours. What waits longer is told as overdue.",
    )


@page(Permission.manage_workflow, "GET POST")
def telling(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Mails and chat of a tenant, or of all that say nothing of their own."""
    tenant = _tenant(request, actor)
    row, is_own = told_to(actor, tenant)
    form = TellingForm(posted(request), initial=_values(vars(row)))
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            set_telling(
                actor=actor,
                tenant=tenant,
                values=_values(form.cleaned_data),
                chat_url=_chat(form.cleaned_data),
            )
            messages.success(request, "It is saved.")
            return redirect(request.get_full_path())
    context = {
        "form": form,
        "tenant": tenant,
        "tenants": listed_tenants(actor) if actor.is_platform else [],
        "has_chat": bool(row.chat_url),
        "is_own": is_own,
        "mail": post.status(),
    }
    return render(request, "approvals/telling.html", context)


@page(Permission.view_tasks)
def figures(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Time to decision, what waits and what is overdue, by tenant and by type or flow."""
    return render(request, "approvals/figures.html", {"figures": figures_for(actor)})


def _tenant(request: HttpRequest, actor: Actor) -> Tenant | None:
    wanted = row_id(request.GET.get("tenant", "")) if actor.is_platform else actor.tenant_id
    return one(listed_tenants(actor), wanted) if wanted else None


def _values(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in FIELDS}


def _chat(cleaned: dict[str, Any]) -> str | None:
    return "" if cleaned["forget_chat"] else cleaned["chat_url"] or None
