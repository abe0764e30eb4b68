"""Asking for operations on a server, and what became of the last ones."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from approvals.models import Task
from approvals.pages.operation_forms import DeployForm, OrderForm, ReconfigureForm, UndeployForm
from approvals.services.ordering import order_server
from approvals.services.reading import last_tasks
from approvals.services.requesting import request_operation, servers_in_reach
from inventory.models import Server
from look.forms import SiteForm

SEE = (Permission.view_tasks, Permission.request_tasks)


@page(SEE)
def operations(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The forms of a server's operations, and its last tasks."""
    return _shown(request, actor, _server(actor, pk))


@page(Permission.request_tasks, "POST")
def operation_ask(request: HttpRequest, actor: Actor, pk: int, kind: str) -> HttpResponse:
    server = _server(actor, pk)
    form = _forms(server, request)[kind]
    if form.is_valid():
        asked = (
            {"values": form.values()} if isinstance(form, ReconfigureForm) else {"options": form.cleaned_data}
        )
        with problems_into(form):
            (task,) = request_operation(actor=actor, servers=[server], type=kind.upper(), **asked)
            return _asked(request, task)
    return _shown(request, actor, server, {kind: form})


@page(Permission.request_tasks, "GET POST")
def order(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for a new server."""
    form = OrderForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        options = {name: form.cleaned_data.pop(name) for name in ("ipv4", "ipv6")}
        with problems_into(form):
            return _asked(request, order_server(actor=actor, values=form.cleaned_data, options=options))
    return render(request, "approvals/order.html", {"form": form})


def _server(actor: Actor, pk: int) -> Server:
    return one(servers_in_reach(actor), pk)


def _forms(server: Server, request: HttpRequest | None = None) -> dict[str, Any]:
    data = request.POST if request is not None else None
    return {
        "deploy": DeployForm(data, prefix="deploy"),
        "reconfigure": ReconfigureForm(server, data, prefix="reconfigure"),
        "undeploy": UndeployForm(data, prefix="undeploy"),
    }


def _shown(
    request: HttpRequest, actor: Actor, server: Server, filled: dict[str, SiteForm] | None = None
) -> HttpResponse:
    tasks = list(last_tasks(actor, server))
    context = {
        "server": server,
        "tasks": tasks,
        "open_task": next((task for task in tasks if task.state in Task.OPEN), None),
        "forms": {**_forms(server), **(filled or {})},
        "is_deployed": server.deployment == Server.Deployment.deployed,
        "may_ask": actor.may(Permission.request_tasks),
    }
    return render(request, "approvals/operations.html", context)


def _asked(request: HttpRequest, task: Task) -> HttpResponse:
    waits = task.state == Task.State.QUEUEING
    messages.success(request, f"{task.title}: {'waits for review' if waits else 'is under way'}.")
    return redirect("approvals:operations", task.server_id)
