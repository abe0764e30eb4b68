"""Making, changing and deleting rows of all tables, and what a server or a ticket has besides."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from common.problems import Problem, forbidden, not_found
from inventory.columns import Table
from inventory.models import Server
from inventory.pages.forms import form_columns, form_for, groups_of, values_of
from inventory.pages.nested_forms import Lines, lines_for
from inventory.pages.own_forms import MessageForm
from inventory.pages.status import moves_of
from inventory.services.reach import may_change, rows_of, table_of, with_named
from inventory.services.servers import set_status
from inventory.services.tickets import add_message
from inventory.services.writers import writer_of
from inventory.tables import SERVER, TICKETS


@page(Permission.manage_inventory, "GET POST")
def create(request: HttpRequest, actor: Actor, route: str) -> HttpResponse:
    table = table_of(route)
    form = form_for(table, actor, None, request.POST or None)
    lines = lines_for(None, request.POST or None) if table is SERVER else {}
    if _is_filled_in(request, form, lines):
        values = values_of(form, form_columns(table, actor, is_new=True), only_changed=False)
        values |= {name: found.values for name, found in lines.items()}
        if table is TICKETS:
            values["content"] = form.cleaned_data["content"]
        with problems_into(form):
            made = writer_of(table.model_class).create(actor=actor, values=values)
            messages.success(request, f"{made} is created.")
            return redirect("inventory:row", route, made.pk)
    return _form(request, table, form, lines, None)


@page(Permission.manage_inventory, "GET POST")
def edit(request: HttpRequest, actor: Actor, route: str, pk: int) -> HttpResponse:
    table = table_of(route)
    found = _own(table, actor, pk)
    if not table.is_changeable:
        raise not_found(f"What is written in {table.label} stays as it is.")
    form = form_for(table, actor, found, request.POST or None)
    lines = lines_for(found, request.POST or None) if isinstance(found, Server) else {}
    if _is_filled_in(request, form, lines):
        values = values_of(form, form_columns(table, actor, is_new=False), only_changed=True)
        values |= {name: entry.values for name, entry in lines.items() if entry.has_changed()}
        with problems_into(form):
            changed = (
                writer_of(table.model_class).update(found, actor=actor, values=values) if values else found
            )
            messages.success(request, f"{changed} is saved.")
            return redirect("inventory:row", route, pk)
    return _form(request, table, form, lines, found)


@page(Permission.manage_inventory, "POST")
def delete(request: HttpRequest, actor: Actor, route: str, pk: int) -> HttpResponse:
    table = table_of(route)
    found = _own(table, actor, pk)
    name = str(found)
    try:
        writer_of(table.model_class).delete(found, actor=actor)
    except Problem as problem:
        messages.error(request, problem.told)
        return redirect("inventory:row", route, pk)
    messages.success(request, f"{name} is deleted.")
    return redirect("inventory:rows", route)


@page(Permission.manage_inventory, "POST")
def status(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Start, stop or restart a server."""
    server = _own(SERVER, actor, pk)
    wanted = request.POST.get("status", "")
    if not isinstance(server, Server) or wanted not in [move.status for move in moves_of(server)]:
        messages.error(request, f"A server that is {getattr(server, 'status', 'deleted')} cannot do this.")
    else:
        set_status(server, wanted, actor=actor)
        messages.success(request, f"{server} is {wanted}.")
    return redirect("inventory:row", SERVER.route, pk)


@page(Permission.manage_inventory, "POST")
def message(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    ticket: Any = one(with_named(rows_of(TICKETS, actor), TICKETS), pk)
    form = MessageForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The answer is empty or too long. Nothing was sent.")
    else:
        try:
            add_message(ticket, actor=actor, content=form.cleaned_data["content"])
            messages.success(request, "The answer is sent.")
        except Problem as problem:
            messages.error(request, problem.told)
    return redirect("inventory:row", TICKETS.route, pk)


def _own(table: Table, actor: Actor, pk: int) -> Model:
    """The row, when the actor may change it.

    Raises:
        Problem: 404 `not_found`, 403 `platform_row`.
    """
    found: Model = one(with_named(rows_of(table, actor), table), pk)
    if not may_change(found, actor):
        raise forbidden("platform_row", "This belongs to the platform and is only shared with you.")
    return found


def _is_filled_in(request: HttpRequest, form: Any, lines: dict[str, Lines]) -> bool:
    checked = [form.is_valid(), *(found.is_valid() for found in lines.values())]
    return request.method == "POST" and all(checked)


def _form(
    request: HttpRequest, table: Table, form: Any, lines: dict[str, Lines], found: Model | None
) -> HttpResponse:
    context = {"table": table, "form": form, "groups": groups_of(table, form), "lines": lines, "row": found}
    return render(request, "inventory/form.html", context)
