"""The first-steps card of the overview."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from common.problems import not_found
from flows.services.first_steps import demo_flow, note


@page(Permission.view, "POST")
def first_steps_dismiss(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Put the card away for good."""
    note(actor, "dismissed_at")
    return redirect("flows:home")


@page(Permission.view, "POST")
def first_steps_demo(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open a demo flow, which ticks that step off."""
    flow = demo_flow(actor)
    if flow is None:
        raise not_found("There is no such demo flow.")
    note(actor, "demo_opened_at")
    return redirect("flows:flow-editor", flow.id)
