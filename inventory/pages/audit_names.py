"""The things of this app that the audit trail names."""

from collections.abc import Callable

from django.db.models import Model
from django.urls import reverse

from accounts.audit_names import Named, register, rows_of
from inventory.services.rows import audit_target
from inventory.tables import TABLES


def tell() -> None:
    """Say how the rows of each table are found."""
    for table in TABLES:
        model = table.model_class
        related = [field.name for field in model._meta.concrete_fields if field.many_to_one]
        register(audit_target(model), rows_of(model, _named(table.route), related=related))


def _named(route: str) -> Callable[[Model], Named]:
    return lambda row: Named(str(row), reverse("inventory:row", args=[route, row.pk]))
