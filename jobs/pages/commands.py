"""The pages of approved commands: the platform's admin alone."""

import json
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
from common.problems import Problem
from flows.pages.forms import posted
from jobs.models import Command
from jobs.pages.approved_forms import CommandForm
from jobs.services import commands
from jobs.services.command_reading import commands_in_reach
from jobs.services.filters import CommandFilter

PAGE_SIZE = 50


@page(Permission.manage_platform)
def command_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All approved commands, by name."""
    rows = narrowed(CommandFilter, commands_in_reach(actor), request.GET)
    found = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "jobs/command_list.html", {"page": found, "q": request.GET.get("q", "")})


@page(Permission.manage_platform, "GET POST")
def command_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = CommandForm(posted(request), actor=actor)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            command = commands.create_command(actor=actor, **form.values())
            messages.success(request, f"{command.name} is approved.")
            return redirect("jobs:command-list")
    return render(request, "jobs/command_form.html", {"form": form})


@page(Permission.manage_platform, "GET POST")
def command_edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    command = one(commands_in_reach(actor), pk)
    form = CommandForm(posted(request), actor=actor, initial=_initial(command))
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            commands.change_command(actor=actor, command=command, **form.values())
            messages.success(request, f"{command.name} is saved.")
            return redirect("jobs:command-list")
    return render(request, "jobs/command_form.html", {"form": form, "command": command})


def _initial(command: Command) -> dict[str, Any]:
    values = {name: getattr(command, name) for name in CommandForm.base_fields if name != "tenants"}
    values["slots"] = json.dumps(command.slots, indent=2, ensure_ascii=False) if command.slots else ""
    values["tenants"] = list(command.tenants.all())
    for name in ("environment", "directories"):
        values[name] = "\n".join(values[name])
    return values


@page(Permission.manage_platform, "POST")
def command_delete(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    command = one(commands_in_reach(actor), pk)
    try:
        commands.delete_command(actor=actor, command=command)
    except Problem as problem:
        messages.error(request, problem.told)
        return redirect("jobs:command-edit", pk)
    messages.success(request, f"{command.name} is no longer approved.")
    return redirect("jobs:command-list")
