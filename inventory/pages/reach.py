"""Which rows of a table somebody sees and may change."""

from typing import Any

from django.db.models import Model, QuerySet

from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import readable
from common.problems import not_found
from inventory.columns import Table
from inventory.models import Server
from inventory.services.rows import tenant_of
from inventory.tables import BY_ROUTE


def table_of(route: str) -> Table:
    """The table of an address.

    Raises:
        Problem: 404 `not_found`.
    """
    table = BY_ROUTE.get(route)
    if table is None:
        raise not_found("There is no such thing.")
    return table


def rows_of(table: Table, actor: Actor, *, deleted: bool = False) -> QuerySet[Any]:
    """The rows in reach, with what their columns name; deleted servers only when asked for."""
    named = [column.model_field for column in table.columns if column.attribute != column.model_field]
    found: QuerySet[Any] = readable(table.model_class, actor)
    if table.model_class is Server and not deleted:
        found = found.filter(deleted_at__isnull=True)
    return found.select_related(*named) if named else found


def is_shared(row: Model, actor: Actor) -> bool:
    """Whether it is the platform's, for a tenant to read."""
    return not actor.is_platform and tenant_of(row) is None


def may_change(row: Model, actor: Actor) -> bool:
    """Whether the actor may change the row: it is there, and it is the actor's own."""
    is_there = getattr(row, "deleted_at", None) is None
    return is_there and actor.may(Permission.manage_inventory) and not is_shared(row, actor)
