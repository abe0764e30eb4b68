"""The pages of the platform's tables: one list and one row page for all of them."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actors import Actor
from accounts.pages.access import one, page
from accounts.roles import Permission
from accounts.scope import readable
from common.problems import Problem
from inventory.columns import Column, Table
from inventory.models import ResourceType, Server
from inventory.pages.cells import cells_of
from inventory.services.lookups import search_rows
from inventory.services.rows import tenant_of
from inventory.services.tags import tags_of
from inventory.tables import BY_ROUTE, TABLES, TENANT

PAGE_SIZE = 50
RESOURCES: dict[str, ResourceType] = {
    "servers": ResourceType.server,
    "packages": ResourceType.package,
    "templates": ResourceType.template,
    "tickets": ResourceType.ticket,
    "ipv4-addresses": ResourceType.ipv4_address,
    "ipv6-addresses": ResourceType.ipv6_address,
}


@page(Permission.view_inventory)
def tables(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The first table."""
    return redirect("inventory:rows", TABLES[0].route)


@page(Permission.view_inventory)
def rows(request: HttpRequest, actor: Actor, route: str) -> HttpResponse:
    """The rows of a table, newest first, with search."""
    table = _table(route)
    columns = _columns(table, actor)
    text = request.GET.get("q", "")
    found = search_rows(_rows(table, actor), table, text).order_by("-pk")
    shown = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "table": table,
        "tables": TABLES,
        "columns": columns,
        "page": shown,
        "rows": [_listed(row, columns, actor) for row in shown.object_list],
        "text": text,
    }
    return render(request, "inventory/rows.html", context)


@page(Permission.view_inventory)
def row(request: HttpRequest, actor: Actor, route: str, pk: int) -> HttpResponse:
    """One row with what belongs to it."""
    table = _table(route)
    found = one(_rows(table, actor, deleted=True), pk)
    columns = table.columns if actor.is_platform else [c for c in table.columns if c.name != TENANT.name]
    tags = tags_of(RESOURCES[route], [pk], actor=actor) if route in RESOURCES else []
    edit_url = reverse(f"admin:{found._meta.app_label}_{found._meta.model_name}_change", args=[pk])
    context = {
        "table": table,
        "row": found,
        "cells": cells_of(found, columns),
        "is_shared": not actor.is_platform and tenant_of(found) is None,
        "tags": tags,
        "edit_url": edit_url if actor.may(Permission.manage_platform) else "",
    }
    return render(request, "inventory/row.html", context)


def _table(route: str) -> Table:
    table = BY_ROUTE.get(route)
    if table is None:
        raise Problem(404, "not_found", "There is no such thing.")
    return table


def _rows(table: Table, actor: Actor, *, deleted: bool = False) -> QuerySet[Any]:
    """The rows in reach, with what their columns name; deleted servers only when asked for."""
    named = [column.model_field for column in table.columns if column.attribute != column.model_field]
    found: QuerySet[Any] = readable(table.model_class, actor)
    if table.model_class is Server and not deleted:
        found = found.filter(deleted_at__isnull=True)
    return found.select_related(*named) if named else found


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
        "is_shared": not actor.is_platform and tenant_of(row) is None,
    }
