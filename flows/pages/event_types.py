"""The catalogue of event types, and those that people define."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from common.problems import Problem
from flows.pages.forms import EventTypeForm, posted
from flows.services.event_types import define, definition_for, redefine, undefine
from flows.services.known_types import (
    KnownEventType,
    count_listeners,
    event_type_for,
    list_event_types,
    listeners_to,
)
from look.templatetags.ui import pretty_json


@page(Permission.view)
def event_type_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All event types by group, with search and how many flows start with each."""
    text = request.GET.get("q", "").strip().lower()
    kinds = [
        kind
        for kind in list_event_types(actor)
        if text in kind.name.lower() or text in kind.label.lower() or text in kind.summary.lower()
    ]
    used = count_listeners(actor)
    groups: dict[str, list[tuple[KnownEventType, int]]] = {}
    for kind in kinds:
        groups.setdefault(kind.group, []).append((kind, used[kind.name]))
    context = {"groups": list(groups.items()), "chosen": {"q": request.GET.get("q", "")}}
    return render(request, "flows/event_type_list.html", context)


@page(Permission.view)
def event_type_detail(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Fields, a sample, and the flows that start with it."""
    kind = event_type_for(actor, name)
    context = {
        "kind": kind,
        "listeners": listeners_to(actor, name),
        "may_change": _may_change(actor, kind),
    }
    return render(request, "flows/event_type_detail.html", context)


def _may_change(actor: Actor, kind: KnownEventType) -> bool:
    if kind.definition is None or not actor.may(Permission.edit_flows):
        return False
    return bool(kind.definition.tenant_id == actor.tenant_id)


@page(Permission.edit_flows, "GET POST")
def event_type_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Define an event type from an example payload or a JSON Schema."""
    form = EventTypeForm(posted(request), initial={"name": request.GET.get("name", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = define(actor=actor, name=form.cleaned_data["name"], **_values(form))
        except Problem as problem:
            form.add_problem(problem)
        else:
            messages.success(request, f"{made.name} is defined. Flows can start with it.")
            return redirect("flows:event-type-detail", made.name)
    return render(request, "flows/event_type_form.html", {"form": form})


@page(Permission.edit_flows, "GET POST")
def event_type_edit(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Change everything but the name."""
    row = definition_for(actor, name)
    initial = {
        "name": row.name,
        "label": row.label,
        "summary": row.summary,
        "shape": "schema",
        "body": pretty_json(row.schema),
    }
    form = EventTypeForm(posted(request), initial=initial)
    form.fields["name"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            redefine(actor=actor, definition=row, **_values(form))
        except Problem as problem:
            form.add_problem(problem)
        else:
            messages.success(request, "Saved.")
            return redirect("flows:event-type-detail", row.name)
    return render(request, "flows/event_type_form.html", {"form": form, "row": row})


def _values(form: EventTypeForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {"label": data["label"], "summary": data["summary"], data["shape"]: data["body"]}


@page(Permission.edit_flows, "POST")
def event_type_delete(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Take a definition away, unless a published flow listens to it."""
    row = definition_for(actor, name)
    try:
        undefine(actor=actor, definition=row)
    except Problem as problem:
        if problem.code != "in_use":
            raise
        messages.error(request, problem.told)
        return redirect("flows:event-type-detail", name)
    messages.success(request, f"{name} is deleted. Events that arrived stay.")
    return redirect("flows:event-type-list")
