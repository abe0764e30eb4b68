"""One viewset for all tables: the table says what is shown, its writer what a change does."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.api.permissions import Needed
from accounts.api.viewsets import ScopedViewSet
from accounts.roles import Permission
from inventory.api.filters import ColumnFilter
from inventory.api.serializers import serializer_for
from inventory.columns import Table
from inventory.services.reach import rows_of
from inventory.services.rows import Writer
from inventory.services.writers import writer_of

WRITES = ("create", "partial_update", "destroy")


def needs_of(*reading: Permission) -> dict[str, Needed]:
    """What a table needs: any of these to read it, and managing the inventory to change it."""
    return {
        **dict.fromkeys(("list", "retrieve"), reading),
        **dict.fromkeys(WRITES, Permission.manage_inventory),
    }


NEEDS = needs_of(Permission.view_inventory)


class ReadViewSet(ScopedViewSet[Any]):
    """List and read the rows of a table, the platform's shared ones included."""

    table: ClassVar[Table]
    filter_backends = (ColumnFilter,)
    needs = NEEDS

    def get_queryset(self) -> QuerySet[Any]:
        return rows_of(self.table, self.reader)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return self.serializer_class or serializer_for(self.table)

    @property
    def writer(self) -> Writer[Any]:
        return writer_of(self.table.model_class)


class CreateDeleteViewSet(ReadViewSet):
    """Also make and delete rows."""

    def create(self, request: Request) -> Response:
        """Make a row."""
        row: Model = self.writer.create(actor=self.actor, values=self.checked())
        return self.shown(row, status=201)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a row."""
        self.writer.delete(self.get_object(), actor=self.actor)
        return Response(status=204)


class TableViewSet(CreateDeleteViewSet):
    """Also change rows."""

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is sent of a row."""
        row = self.get_object()
        changed = self.writer.update(row, actor=self.actor, values=self.checked(row, partial=True))
        return self.shown(changed)


def viewset_for(table: Table) -> type[CreateDeleteViewSet]:
    """The viewset of a table that can do no more than its columns say."""
    base = TableViewSet if table.is_changeable else CreateDeleteViewSet
    name = f"{table.model_class.__name__}ViewSet"
    return type(name, (base,), {"table": table, "__doc__": table.about, "__module__": __name__})
