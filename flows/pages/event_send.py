"""Send an event by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.services import tenants
from common.ids import row_id, uuid_from
from common.problems import Problem
from flows.pages.forms import SendEventForm, posted
from flows.sdk import JsonObject
from flows.sdk.events import is_reserved
from flows.services.event_reading import find_event
from flows.services.known_types import KnownEventType, list_event_types
from flows.services.sending import send_event
from look.templatetags.ui import pretty_json


@page(Permission.send_events, "GET POST")
def event_send(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A form with the sample of the chosen type, or with the payload of an event to be sent again."""
    kinds = _sendable(actor)
    form = SendEventForm(posted(request), kinds=kinds, initial=_begin(request, actor))
    if request.method == "POST" and form.is_valid():
        try:
            accepted = send_event(
                actor=actor,
                event_type=form.cleaned_data["type"],
                payload=_object(form.cleaned_data["payload"]),
                tenant_id=_tenant_id(request, actor),
            )
        except Problem as problem:
            form.add_problem(problem)
        else:
            amount = len(accepted.runs)
            messages.success(request, f"Sent. It started {amount} run{'' if amount == 1 else 's'}.")
            return redirect("flows:event-detail", accepted.id)
    context = {
        "form": form,
        "tenants": tenants.active(actor) if actor.is_platform else None,
        "tenant": request.POST.get("tenant") or request.GET.get("tenant", ""),
    }
    return render(request, "flows/event_send.html", context)


def _sendable(actor: Actor) -> list[KnownEventType]:
    return [kind for kind in list_event_types(actor) if not is_reserved(kind.name)]


def _begin(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    again = uuid_from(request.GET.get("again", ""))
    event = find_event(actor, again) if again else None
    if event is not None:
        return {"type": event.type, "payload": pretty_json(event.payload)}
    kinds = _sendable(actor)
    chosen = next(
        (kind for kind in kinds if kind.name == request.GET.get("type")), kinds[0] if kinds else None
    )
    return {"type": chosen.name, "payload": pretty_json(chosen.sample)} if chosen else {}


def _object(payload: Any) -> JsonObject:
    if not isinstance(payload, dict):
        raise Problem(400, "bad_payload", "The payload is a JSON object.", field="payload")
    return payload


def _tenant_id(request: HttpRequest, actor: Actor) -> int | None:
    if not actor.is_platform:
        return actor.tenant_id
    chosen = request.POST.get("tenant", "")
    return (row_id(chosen) or 0) if chosen else None
