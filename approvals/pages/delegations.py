"""Out of office: each person's own page, and all of them for whoever changes policies."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import User
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from accounts.services.zones import zone_of_actor
from approvals.services import delegations
from flows.pages.forms import posted
from look.forms import SiteForm

if TYPE_CHECKING:  # generic to the type checker only
    Choice = forms.ModelChoiceField[User]
else:
    Choice = forms.ModelChoiceField

PAGE_SIZE = 50


class NamedChoice(Choice):
    """People by name and address."""

    def label_from_instance(self, obj: Any) -> str:
        """Both, where there is a name."""
        return f"{obj.name} ({obj.email})" if obj.name else obj.email


class DelegationForm(SiteForm):
    owner = NamedChoice(queryset=User.objects.none(), required=False, label="Who is away", empty_label="I am")
    delegate = NamedChoice(
        queryset=User.objects.none(), label="Who answers meanwhile", empty_label="Choose somebody"
    )
    start = forms.DateTimeField(
        label="From", widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    until = forms.DateTimeField(
        label="Until", widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    reason = forms.CharField(max_length=300, required=False, help_text="Such as holidays. Others see it.")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["delegate"].queryset = delegations.delegates_in_reach(actor)
        fields["owner"].queryset = delegations.people(actor)
        for name in ("owner", "delegate"):
            fields[name].widget.attrs["data-pick"] = "Search people"
        for name in ("start", "until"):
            fields[name].help_text = f"{timezone.get_current_timezone_name()} time."
        if not actor.may(Permission.manage_workflow):
            del fields["owner"]


@page(Permission.view_tasks, "GET POST")
def delegation_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who stands in for whom, and a form for one more; in the time zone of whoever looks."""
    with timezone.override(zone_of_actor(actor)):
        return _list(request, actor)


def _list(request: HttpRequest, actor: Actor) -> HttpResponse:
    now = datetime.now(UTC)
    begin = timezone.localtime(now).replace(second=0, microsecond=0)
    form = DelegationForm(posted(request), actor=actor, initial={"start": begin})
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            values = form.cleaned_data
            owner = values.pop("owner", None) or delegations.myself(actor)
            made = delegations.delegate(actor=actor, owner=owner, to=values.pop("delegate"), **values)
            messages.success(request, f"{made.delegate.name} stands in.")
            return redirect("approvals:delegation-list")
    rows = delegations.delegations_in_reach(actor)
    found = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    manages = actor.may(Permission.manage_workflow)
    shown = [(row, row.until <= now, manages or row.owner_id == actor.user_id) for row in found.object_list]
    zone = timezone.get_current_timezone_name()
    context = {"page": found, "rows": shown, "form": form, "now": now, "zone": zone}
    return render(request, "approvals/delegation_list.html", context)


@page(Permission.view_tasks, "POST")
def delegation_end(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    row = one(delegations.delegations_in_reach(actor), pk)
    delegations.end_delegation(actor=actor, delegation=row)
    messages.success(request, "It is ended.")
    return redirect("approvals:delegation-list")
