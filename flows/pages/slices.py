"""Long lists, newest first, a slice at a time. Nothing is counted: the last costs what the first does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from accounts.pages.ranges import RANGES
from common.ids import first_id_at

M = TypeVar("M", bound=Model)
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Slice(Generic[M]):
    """Rows, newest first, and where the next slices begin: an id for the query, or an empty text."""

    rows: list[M]
    newer: str
    older: str


def uuid_from(text: str) -> UUID | None:
    """A UUID as people paste it, or None."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def newest_first(rows: QuerySet[M], query: QueryDict, size: int = PAGE_SIZE) -> Slice[M]:
    """The slice that `before` or `after` (ids) of the query asks for; the newest without them."""
    before, after = uuid_from(query.get("before", "")), uuid_from(query.get("after", ""))
    if after is not None:
        found = list(rows.filter(id__gt=after).order_by("id")[: size + 1])
        has_newer, has_older = len(found) > size, True
        found = found[:size][::-1]
    else:
        chosen = rows.filter(id__lt=before) if before else rows
        found = list(chosen.order_by("-id")[: size + 1])
        has_newer, has_older = before is not None, len(found) > size
        found = found[:size]
    newer = str(found[0].pk) if found and has_newer else ""
    older = str(found[-1].pk) if found and has_older else ""
    return Slice(found, newer, older)


def within(rows: QuerySet[M], query: QueryDict, now: datetime) -> QuerySet[M]:
    """Rows whose id was made in the time that the query names: `range`, or `since` and `until`."""
    chosen = RANGES.get(query.get("range", ""))
    since = now - chosen[1] if chosen else _moment(query.get("since", ""))
    until = _moment(query.get("until", ""))
    if since is not None:
        rows = rows.filter(id__gte=first_id_at(since))
    if until is not None:
        rows = rows.filter(id__lt=first_id_at(until))
    return rows


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return make_aware(moment) if moment is not None and is_naive(moment) else moment
