"""The pages of the platform's settings of actions: the platform's admin alone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from flows.pages.forms import posted
from jobs.pages.action_settings_form import ActionSettingsForm
from jobs.services.action_settings import (
    actions_with_settings,
    known_action,
    platform_config,
    set_platform_config,
)


@page(Permission.manage_platform)
def action_settings_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every action, and how much of it is set."""
    return render(request, "jobs/action_settings_list.html", {"rows": actions_with_settings()})


@page(Permission.manage_platform, "GET POST")
def action_settings_edit(request: HttpRequest, actor: Actor, node_type: str) -> HttpResponse:
    """Set what an action has where a list says nothing."""
    node = known_action(node_type)
    form = ActionSettingsForm(node, platform_config(node_type), posted(request))
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            set_platform_config(actor=actor, node_type=node_type, config=form.config())
            messages.success(request, f"The settings of {node.meta.label} are saved.")
            return redirect("jobs:action-settings-list")
    return render(request, "jobs/action_settings_form.html", {"form": form, "meta": node.meta})
