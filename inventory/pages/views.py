"""The pages of the platform's tables: one list and one row page for all of them."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page
from accounts.roles import Permission
from accounts.scope import one
from inventory.columns import TENANT, Column, Table
from inventory.models import IPv4Range, IPv6Range, ResourceType, Server
from inventory.pages.cells import cells_of
from inventory.pages.own_forms import MessageForm
from inventory.pages.status import moves_of
from inventory.services.lookups import search_rows
from inventory.services.networks import rivals_of
from inventory.services.reach import is_shared, may_change, rows_of, table_of, with_named
from inventory.services.tags import tags_of
from inventory.tables import TABLES, TICKETS

PAGE_SIZE = 50
RESOURCES: dict[str, ResourceType] = {
    "servers": ResourceType.server,
    "packages": ResourceType.package,
    "templates": ResourceType.template,
    "tickets": ResourceType.ticket,
    "ipv4-addresses": ResourceType.ipv4_address,
    "ipv6-addresses": ResourceType.ipv6_address,
}
GOES_TOO = {
    "servers": "Its addresses go back to their ranges.",
    "ipv4-ranges": "Its free addresses go, too.",
    "ipv6-ranges": "Its free addresses go, too.",
    "tickets": "Its messages go, too.",
    "balances": "Its changes go, too.",
}
"""What a question before deleting says of what goes with a row."""


@page(Permission.view_inventory)
def tables(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The first table."""
    return redirect("inventory:rows", TABLES[0].route)


@page(Permission.view_inventory)
def rows(request: HttpRequest, actor: Actor, route: str) -> HttpResponse:
    """The rows of a table, newest first, with search."""
    table = table_of(route)
    columns = _columns(table, actor)
    text = request.GET.get("q", "")
    found = search_rows(with_named(rows_of(table, actor), table), table, text)
    shown = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "table": table,
        "tables": TABLES,
        "columns": columns,
        "page": shown,
        "rows": [_listed(row, columns, actor) for row in shown.object_list],
        "text": text,
        "create_label": f"Create {table.noun}",
        "may_create": actor.may(Permission.manage_inventory),
    }
    return render(request, "inventory/rows.html", context)


@page(Permission.view_inventory)
def row(request: HttpRequest, actor: Actor, route: str, pk: int) -> HttpResponse:
    """One row with what belongs to it."""
    table = table_of(route)
    found = one(with_named(rows_of(table, actor, deleted=None), table), pk)
    columns = table.columns if actor.is_platform else [c for c in table.columns if c.name != TENANT.name]
    tags = tags_of(RESOURCES[route], [pk], actor=actor) if route in RESOURCES else []
    context = {
        "table": table,
        "row": found,
        "cells": cells_of(found, columns),
        "is_shared": is_shared(found, actor),
        "tags": tags,
        "delete_question": f"Delete {found}? {GOES_TOO.get(route, 'This cannot be taken back.')}",
        "may_change": may_change(found, actor),
        "may_edit": table.is_changeable and may_change(found, actor),
        "moves": moves_of(found) if isinstance(found, Server) and may_change(found, actor) else (),
        "overlaps": rivals_of(found)
        if isinstance(found, (IPv4Range, IPv6Range)) and actor.is_platform
        else [],
        "answer": MessageForm() if table is TICKETS and actor.may(Permission.manage_inventory) else None,
    }
    return render(request, "inventory/row.html", context)


def _columns(table: Table, actor: Actor) -> list[Column]:
    columns = list(table.listed_columns)
    tenant = table.column(TENANT.name)
    return [*columns, tenant] if tenant is not None and actor.is_platform else columns


def _listed(row: Model, columns: list[Column], actor: Actor) -> dict[str, Any]:
    first, *rest = cells_of(row, [column for column in columns if column.name != "id"])
    return {
        "pk": row.pk,
        "first": first,
        "cells": rest,
        "is_shared": is_shared(row, actor),
    }
