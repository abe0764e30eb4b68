"""What the pages of flows change: new, on and off, copy, delete, restore, a new webhook secret."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from common.problems import Problem
from flows.graph import DocumentNode, FlowDocument
from flows.pages.flow_list import rows_of
from flows.pages.forms import NewFlowForm, grouped, posted
from flows.sdk import TriggerNode, node_types
from flows.services.flow_reading import flow_for, listed_flow
from flows.services.flows import create_flow, delete_flow, duplicate_flow, update_flow
from flows.services.known_types import list_event_types
from flows.services.versions import restore, version_of


@page(Permission.edit_flows, "GET POST")
def flow_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for a name and a trigger, then open the editor."""
    initial = {"starts": f"event:{request.GET['event']}"} if "event" in request.GET else {}
    form = NewFlowForm(posted(request), choices=_starts(actor), initial=initial)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            flow = create_flow(
                actor=actor, name=name, document=_begun(actor, name, form.cleaned_data["starts"])
            )
        except Problem as problem:
            form.add_problem(problem)
        else:
            return redirect("flows:flow-editor", flow.id)
    return render(request, "flows/flow_new.html", {"form": form})


def _starts(actor: Actor) -> list[Any]:
    of_events, _ = _event_trigger()
    others = [
        (f"node:{node.meta.type}", node.meta.label)
        for node in node_types.values()
        if isinstance(node, TriggerNode) and node is not of_events
    ]
    events = [(f"When: {group}", kinds) for group, kinds in grouped(list_event_types(actor), "event:")]
    return [("", "I decide in the editor"), *events, ("Other ways to start", others)]


def _event_trigger() -> tuple[TriggerNode, str]:
    triggers = (node for node in node_types.values() if isinstance(node, TriggerNode))
    return next((node, field) for node in triggers if (field := node.event_field))


def _begun(actor: Actor, name: str, starts: str) -> FlowDocument:
    what, _, value = starts.partition(":")
    if what == "event":
        trigger, field = _event_trigger()
        # The event's own name stands below as the node's summary.
        label = next((kind.label for kind in list_event_types(actor) if kind.name == value), "")
        node = DocumentNode(id="trigger", type=trigger.meta.type, name=label or value, config={field: value})
    elif what == "node":
        kind = node_types.get(value)
        node = DocumentNode(id="trigger", type=value, name=kind.meta.label if kind else value)
    else:
        return FlowDocument(name=name)
    return FlowDocument(name=name, nodes=(node,))


@page(Permission.publish_flows, "POST")
def flow_switch(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """On or off; to HTMX, the flow's row as it is now."""
    flow = flow_for(actor, flow_id)
    is_on = request.POST.get("on") == "1"
    update_flow(actor=actor, flow=flow, is_enabled=is_on)
    if not getattr(request, "htmx", False):
        messages.success(request, f"“{flow.name}” is {'on' if is_on else 'off'}.")
        return redirect("flows:flow-list")
    row = rows_of(actor, [listed_flow(actor, flow.id)])[0]
    context = {"row": row, "shows_tenants": actor.is_platform}
    return render(request, "flows/parts/flow_row.html", context)


@page(Permission.edit_flows, "POST")
def flow_duplicate(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """A copy, switched off."""
    copy = duplicate_flow(actor=actor, flow=flow_for(actor, flow_id))
    messages.success(request, f"Made “{copy.name}”. It is off until you publish it and switch it on.")
    return redirect("flows:flow-editor", copy.id)


@page(Permission.edit_flows, "POST")
def flow_delete(request: HttpRequest, actor: Actor, flow_id: UUID) -> HttpResponse:
    """Take it away; its runs stay readable."""
    flow = flow_for(actor, flow_id)
    delete_flow(actor=actor, flow=flow)
    messages.success(request, f"Deleted “{flow.name}”. Its runs stay readable.")
    return redirect("flows:flow-list")


@page(Permission.edit_flows, "POST")
def flow_restore(request: HttpRequest, actor: Actor, flow_id: UUID, number: int) -> HttpResponse:
    """Put a version into the draft."""
    flow = flow_for(actor, flow_id)
    restore(actor=actor, flow=flow, version=version_of(flow, number), revision=flow.draft_revision)
    messages.success(request, f"Version {number} is in the draft. Publish it to make it run.")
    return redirect("flows:flow-editor", flow.id)
