"""Narrowing lists by the public names of columns."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from accounts.actors import actor_of
from inventory.columns import Table
from inventory.services.lookups import narrowed


class ColumnFilter(BaseFilterBackend):
    """`?q=` searches; `?<column>=` asks for one value of a column that holds plain values."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows that fit.

        Raises:
            Problem: 400 `invalid`.
        """
        return narrowed(queryset, view.table, request.query_params, actor_of(request))

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters, for the OpenAPI document."""
        table: Table = view.table
        search = {"name": "q", "in": "query", "schema": {"type": "string"}, "description": "Search"}
        return [
            search,
            *(
                {
                    "name": column.name,
                    "in": "query",
                    "schema": {"type": column.shape.type},
                    "description": f"{column.shape.description}; empty: has none",
                }
                for column in table.plain_columns
            ),
        ]
