"""The pages of review groups."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.pages.forms import OwnerForm
from accounts.roles import Permission
from accounts.scope import one
from accounts.services.filters import narrowed
from approvals.models import ReviewGroup
from approvals.services import groups
from approvals.services.filters import GroupFilter
from common.problems import Problem
from flows.pages.forms import posted

PAGE_SIZE = 50


class OwnedForm(OwnerForm):
    """What belongs to a tenant or to the platform, by name."""

    name = forms.CharField(max_length=120)
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def owned(self) -> dict[str, Any]:
        """What the service takes to make one."""
        tenant = self.cleaned_data.pop("tenant", None)
        return {"tenant_id": tenant.pk if tenant else None, **self.cleaned_data}


class GroupForm(OwnedForm):
    members = forms.TypedMultipleChoiceField(
        required=False, coerce=int, widget=forms.CheckboxSelectMultiple, label="Members"
    )

    def __init__(self, *args: Any, actor: Actor, group: ReviewGroup | None = None, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, is_new=group is None, **kwargs)
        owner = group.tenant_id if group else actor.tenant_id
        people = groups.named_people(actor, owner)
        known = {pk for pk, _ in people}
        left = [member for member in group.members.all() if member.pk not in known] if group else []
        fields: dict[str, Any] = self.fields
        fields["members"].choices = [*people, *((one.pk, f"{one.name}, cannot answer now") for one in left)]


@page(Permission.manage_workflow)
def group_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The groups in reach, by name."""
    rows = narrowed(GroupFilter, groups.groups_in_reach(actor), request.GET)
    found = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "approvals/group_list.html", {"page": found, "q": request.GET.get("q", "")})


@page(Permission.manage_workflow, "GET POST")
def group_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a group; the platform's people choose members of a tenant's when it is made."""
    form = GroupForm(posted(request), actor=actor)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            made = groups.create_group(actor=actor, **form.owned())
            messages.success(request, f"{made.name} is added.")
            if actor.is_platform and made.tenant_id is not None:
                return redirect("approvals:group-edit", made.pk)
            return redirect("approvals:group-list")
    return render(request, "approvals/group_form.html", {"form": form})


@page(Permission.manage_workflow, "GET POST")
def group_edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    group = one(groups.groups_in_reach(actor), pk)
    members = [member.pk for member in group.members.all()]
    initial = {"name": group.name, "description": group.description, "members": members}
    form = GroupForm(posted(request), actor=actor, group=group, initial=initial)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            groups.change_group(actor=actor, group=group, **form.cleaned_data)
            messages.success(request, f"{form.cleaned_data['name']} is saved.")
            return redirect("approvals:group-list")
    return render(request, "approvals/group_form.html", {"form": form, "group": group})


@page(Permission.manage_workflow, "POST")
def group_delete(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    group = one(groups.groups_in_reach(actor), pk)
    try:
        groups.delete_group(actor=actor, group=group)
    except Problem as problem:
        messages.error(request, problem.told)
        return redirect("approvals:group-edit", pk)
    messages.success(request, f"{group.name} is deleted.")
    return redirect("approvals:group-list")
