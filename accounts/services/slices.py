"""Long lists, newest first, a slice at a time. Nothing is counted: the last costs what the first does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
T = TypeVar("T")
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Rows, newest first, and where the next slices begin: an id for the query, or an empty text."""

    rows: list[T]
    newer: str
    older: str


def newest_first(rows: QuerySet[M], before: Any, after: Any, size: int = PAGE_SIZE) -> Slice[M]:
    """The slice before an id, or after one; the newest without them."""

    def taken(ordered: QuerySet[M]) -> tuple[list[M], bool]:
        found = list(ordered[: size + 1])
        return found[:size], len(found) > size

    return sliced(rows, before, after, taken, lambda row: (row.pk, row.pk))


def sliced(
    rows: QuerySet[M],
    before: Any,
    after: Any,
    taken: Callable[[QuerySet[M]], tuple[list[T], bool]],
    ends: Callable[[T], tuple[Any, Any]],
) -> Slice[T]:
    """The same of what is made from rows.

    Args:
        taken: makes a slice of rows that are in order, and says whether there are more.
        ends: the ids of the newest and of the oldest row that a thing was made from.
    """
    if after is not None:
        found, has_newer = taken(rows.filter(id__gt=after).order_by("id"))
        return _told(found[::-1], ends, has_newer=has_newer, has_older=True)
    found, has_older = taken((rows.filter(id__lt=before) if before else rows).order_by("-id"))
    return _told(found, ends, has_newer=before is not None, has_older=has_older)


def _told(
    found: Sequence[T], ends: Callable[[T], tuple[Any, Any]], *, has_newer: bool, has_older: bool
) -> Slice[T]:
    newer = str(max(ends(one)[0] for one in found)) if found and has_newer else ""
    older = str(min(ends(one)[1] for one in found)) if found and has_older else ""
    return Slice(list(found), newer, older)
