"""The pages of policies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from accounts.services.filters import narrowed
from approvals.models import Policy
from approvals.pages.policy_drafts import (
    Stages,
    changed,
    forms_of,
    new_stages,
    posted_stages,
    shape_of,
    stages_of,
)
from approvals.pages.policy_forms import PolicyForm, TryForm, reviewer_choices
from approvals.policy.document import PolicyDocument
from approvals.services import policy_editing
from approvals.services.filters import PolicyFilter
from approvals.services.trying import Preview, TriedAnswer, preview
from common.problems import Problem

PAGE_SIZE = 50
TRIED = 4
"""Answers that can be tried at once."""


@page(Permission.manage_workflow)
def policy_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The policies in reach, by name."""
    rows = narrowed(PolicyFilter, policy_editing.policies_in_reach(actor), request.GET)
    found = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = [(policy, policy_editing.warnings_of(policy)) for policy in found.object_list]
    context = {"page": found, "rows": shown, "q": request.GET.get("q", "")}
    return render(request, "approvals/policy_list.html", context)


@page(Permission.manage_workflow, "GET POST")
def policy_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _edited(request, actor, None)


@page(Permission.manage_workflow, "GET POST")
def policy_edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    return _edited(request, actor, one(policy_editing.policies_in_reach(actor), pk))


@page(Permission.manage_workflow, "POST")
def policy_delete(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    policy = one(policy_editing.policies_in_reach(actor), pk)
    policy_editing.delete_policy(actor=actor, policy=policy)
    messages.success(request, f"{policy.name} is deleted.")
    return redirect("approvals:policy-list")


@dataclass(slots=True)
class _Desk:
    """What lies on the table while a policy is written.

    Args:
        checks: whether what was posted is looked at; adding and moving stages does not complain about the rest.
    """

    request: HttpRequest
    actor: Actor
    policy: Policy | None
    checks: bool

    @property
    def owner_id(self) -> int | None:
        if self.policy is not None:
            return self.policy.tenant_id
        return policy_editing.owner_of_new(self.actor, self.request.POST.get("tenant", ""))

    def whole(self) -> PolicyForm:
        more: dict[str, Any] = {"actor": self.actor, "owner_id": self.owner_id, "is_new": self.policy is None}
        if self.checks:
            return PolicyForm(self.request.POST, **more)
        if self.request.method == "POST":
            return PolicyForm(initial=_as_posted(self.request), **more)
        return PolicyForm(initial=_initial(self.policy) if self.policy else None, **more)

    def stages(self) -> Stages:
        if self.request.method == "POST":
            return changed(posted_stages(self.request.POST), self.request.POST.get("do", ""))
        return stages_of(self.policy.document) if self.policy else new_stages()


def _edited(request: HttpRequest, actor: Actor, policy: Policy | None) -> HttpResponse:
    is_save, is_preview = (request.POST.get("do", "save") == word for word in ("save", "preview"))
    desk = _Desk(request, actor, policy, checks=request.method == "POST" and (is_save or is_preview))
    whole, drafted = desk.whole(), desk.stages()
    choices = reviewer_choices(actor, desk.owner_id)
    stages = forms_of(drafted, choices, request.POST if desk.checks else None)
    document = _document(whole, stages) if desk.checks else None
    if document is not None and is_save:
        with problems_into(whole):
            saved = _save(actor, policy, whole, document)
            messages.success(request, f"{saved.name} is saved.")
            return redirect("approvals:policy-list")
    shown = _shown(whole, document, desk) if document or not desk.checks else None
    context = {"policy": policy, "form": whole, "stages": stages, "shape": shape_of(drafted), **(shown or {})}
    # What follows each change is the preview alone: a whole page would come too late for one that is left meanwhile.
    is_part = is_preview and getattr(request, "htmx", False)
    name = "parts/policy_preview.html" if is_part else "policy_form.html"
    return render(request, f"approvals/{name}", context)


def _save(actor: Actor, policy: Policy | None, whole: PolicyForm, document: dict[str, Any]) -> Policy:
    values = {**whole.columns(), "document": document}
    if policy is not None:
        return policy_editing.change_policy(actor=actor, policy=policy, **values)
    tenant = whole.cleaned_data.get("tenant")
    return policy_editing.create_policy(actor=actor, tenant_id=tenant.pk if tenant else None, **values)


def _document(whole: PolicyForm, stages: Stages) -> dict[str, Any] | None:
    """The document that the form says; None when something has to be mended first."""
    levels = [level for stage in stages for level in stage["levels"]]
    if not all([whole.is_valid(), *(level.is_valid() for level in levels)]):
        return None
    for level in levels:
        if not level.level()["reviewers"]:
            level.add_error("reviewers", "Choose somebody, or name a field of the record.")
    if any(level.errors for level in levels):
        return None
    made = [
        {"name": stage["name"], "levels": [level.level() for level in stage["levels"]]} for stage in stages
    ]
    return {**whole.whole(), "stages": made}


def _shown(whole: PolicyForm, document: dict[str, Any] | None, desk: _Desk) -> dict[str, Any]:
    """What the policy means, and the table to try it."""
    if document is None:
        if desk.policy is None or desk.request.method == "POST":
            return {}
        document = desk.policy.document
    try:
        checked = policy_editing.checked_document(document)
    except Problem as problem:
        if not whole.errors:
            whole.add_problem(problem)
        return {}
    people = preview(desk.actor, checked, desk.owner_id).people
    data = desk.request.POST if desk.checks else None
    tries = [TryForm(data, prefix=f"try{number}", people=people) for number in range(TRIED)]
    return {"preview": _tried(desk, checked, tries), "tries": tries}


def _tried(desk: _Desk, document: PolicyDocument, tries: Sequence[TryForm]) -> Preview:
    said = [form.cleaned_data for form in tries if form.is_valid()]
    answers = [
        TriedAnswer(one["user"], one["kind"] or "continue", one["minutes"] or 0)
        for one in said
        if one["user"] is not None
    ]
    return preview(desk.actor, document, desk.owner_id, answers)


def _as_posted(request: HttpRequest) -> dict[str, Any]:
    """What stands in the form, unchecked: a box that is not ticked is not posted."""
    many = ("review_types", "trusted_roles")
    data = request.POST
    return {
        name: data.getlist(name) if name in many else data.get(name, "") for name in PolicyForm.base_fields
    }


def _initial(policy: Policy) -> dict[str, Any]:
    document = policy.document
    return {
        "name": policy.name,
        "description": policy.description,
        "is_for_operations": policy.is_for_operations,
        **{name: document[name] for name in ("four_eyes", "delegates", "overruling", "calendar")},
        **document["auto"],
    }
