"""Pages by cursor: stable while rows come and go, and cheap at any depth."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from accounts.links import on_site
from common.problems import bad_value


class _AtSite:
    """A request whose own address is on `SITE_URL`, whatever its `Host` says: pages follow one another there."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)

    def build_absolute_uri(self) -> str:
        """The address, for `next` and `previous`."""
        return on_site(self._request.get_full_path())


class CursorPages(CursorPagination):
    """`?cursor=` and `?page_size=` (1 to 200, else 50); newest first unless the view has `ordering`."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """The view's `ordering`; the client cannot choose columns."""
        ordering = getattr(view, "ordering", None) or self.ordering
        return (ordering,) if isinstance(ordering, str) else tuple(ordering)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """With the bounds of `page_size`."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": self.max_page_size}
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As OpenAPI 3.1 says that an address may be null; DRF's own is of 3.0."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_page_size(self, request: Request) -> int | None:
        """The size asked for.

        Raises:
            Problem: 400 `bad_page_size`.
        """
        raw = request.query_params.get(self.page_size_query_param)
        if raw is None:
            return self.page_size
        if not (raw.isascii() and raw.isdigit() and len(raw) < 5 and 1 <= int(raw) <= self.max_page_size):
            raise bad_value(
                "bad_page_size",
                f"page_size is a whole number from 1 to {self.max_page_size}.",
                hint="Leave it out for 50.",
                field="page_size",
            )
        return int(raw)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """The rows of the page.

        Raises:
            Problem: 400 `bad_cursor`, for one that we did not make.
        """
        try:
            return super().paginate_queryset(queryset, cast(Request, _AtSite(request)), view)
        except (NotFound, ValidationError, ValueError, OverflowError, DataError) as error:
            raise bad_value(
                "bad_cursor",
                "The cursor is not one of ours.",
                hint="Follow the addresses in next and previous as they are.",
                field="cursor",
            ) from error
