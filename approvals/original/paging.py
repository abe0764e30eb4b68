"""Pages of lists: `startwith` and `limit`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet

from common.problems import bad_value

M = TypeVar("M", bound=Model)
USUAL: Final = 25
MOST: Final = 1000
"""What 0, which asks for all, comes to; `totalSize` tells how many there are."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    start: int
    limit: int

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Page":
        """As a request asks.

        Raises:
            Problem: 400 `invalid`.
        """
        limit = _number(query, "limit", USUAL)
        return cls(_number(query, "startwith", 0), min(limit, MOST) or MOST)

    def cut(self, rows: QuerySet[M]) -> tuple[int, list[M]]:
        """How many rows there are, and those of the page."""
        return rows.count(), list(rows[self.start : self.start + self.limit])

    def keys(self, rows: QuerySet[M]) -> tuple[int, list[Any]]:
        """The same with the keys alone, where rows are wide and many are searched and sorted for a few."""
        found = list(rows.values_list("pk", flat=True)[self.start : self.start + self.limit])
        is_last = len(found) < self.limit and (found or not self.start)
        return (self.start + len(found) if is_last else rows.count()), found


def _number(query: Mapping[str, str], name: str, otherwise: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise bad_value("invalid", f"{name} is a number from 0.", field=name)
    return int(text)
