"""Narrowing lists by the public names of columns."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from accounts.actors import actor_of
from common.problems import Problem, bad_value
from inventory.columns import Table
from inventory.services.lookups import LONGEST, search_rows, typed


class ColumnFilter(BaseFilterBackend):
    """`?q=` searches; `?<column>=` asks for one value of a column that holds plain values."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows that fit.

        Raises:
            Problem: 400 `bad_filter`.
        """
        table: Table = view.table
        rows = search_rows(queryset, table, request.query_params.get("q", ""))
        seen = table.columns_for(actor_of(request))
        for column in table.plain_columns:
            if column not in seen:
                continue
            value = request.query_params.get(column.name)
            if value is None:
                continue
            if value == "":
                rows = rows.filter(**{f"{column.attribute}__isnull": True})
                continue
            try:
                rows = rows.filter(**{column.attribute: typed(table, column, value[:LONGEST])})
            except Problem as problem:
                raise bad_value(
                    "bad_filter",
                    f"The column {column.name} cannot have the value {value[:60]!r}.",
                    hint=problem.hint,
                    field=column.name,
                ) from problem
        return rows

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
