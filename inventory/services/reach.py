"""Which rows of a table somebody sees and may change."""

from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import readable
from common.problems import not_found
from inventory.columns import Table
from inventory.models import IPv4Address, IPv4Range, IPv6Address, IPv6Range, Server
from inventory.services.rows import tenant_of
from inventory.tables import BY_ROUTE

MOST_NODES = 200


def table_of(route: str) -> Table:
    """The table of an address.

    Raises:
        Problem: 404 `not_found`.
    """
    table = BY_ROUTE.get(route)
    if table is None:
        raise not_found("There is no such thing.")
    return table


def rows_of(table: Table, actor: Actor, *, deleted: bool | None = False) -> QuerySet[Any]:
    """The rows in reach.

    Args:
        deleted: whether servers that were deleted are asked for; None: they, too.
    """
    rows: QuerySet[Any] = readable(table.model_class, actor)
    if table.model_class is Server and deleted is not None:
        rows = rows.filter(deleted_at__isnull=not deleted)
    return rows


def with_named(rows: QuerySet[Any], table: Table) -> QuerySet[Any]:
    """The rows with what their columns name, newest first."""
    named = [column.model_field for column in table.columns if column.attribute != column.model_field]
    return (rows.select_related(*named) if named else rows).order_by("-pk")


def choices_for(model: type[Model], actor: Actor, row: Model | None) -> QuerySet[Any]:
    """The rows that a relation of `row` may name."""
    rows: QuerySet[Any] = readable(model, actor)
    if model in (IPv4Address, IPv6Address):
        own = Q(server=row) if isinstance(row, Server) else Q(pk__in=[])
        return rows.filter(Q(server__isnull=True) | own).order_by("pk")
    return rows.select_related("tenant").order_by("name") if model is User else rows


def next_vmid(actor: Actor) -> int:
    """One more than the highest in reach."""
    highest = readable(Server, actor).order_by("-vmid").values_list("vmid", flat=True).first()
    return (highest or 99) + 1


def known_nodes(actor: Actor) -> list[str]:
    """The nodes that servers run on or ranges are for."""
    servers = readable(Server, actor).exclude(node="").order_by()
    found = set(servers.values_list("node", flat=True).distinct()[:MOST_NODES])
    for model in (IPv4Range, IPv6Range):
        for pool in readable(model, actor).exclude(nodes="")[:MOST_NODES]:
            found.update(pool.node_names)
    return sorted(found)


def is_shared(row: Model, actor: Actor) -> bool:
    """Whether it is the platform's, for a tenant to read."""
    return not actor.is_platform and tenant_of(row) is None


def may_change(row: Model, actor: Actor) -> bool:
    """Whether the actor may change the row: it is there, and it is the actor's own."""
    is_there = getattr(row, "deleted_at", None) is None
    return is_there and actor.may(Permission.manage_inventory) and not is_shared(row, actor)
