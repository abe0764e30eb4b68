"""The queue as people read it: a page of tasks at a time, each with what blocks it. Nothing is counted to its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import owned
from accounts.services.filters import narrowed
from accounts.services.slices import PAGE_SIZE, Slice
from approvals.models import Task
from approvals.services.asking import asked_of, places_of
from approvals.services.blocking import blocks
from approvals.services.filters import TaskPageFilter
from approvals.services.reading import tasks_in_reach
from common.ids import uuid_from

MOST_COUNTED: Final = 1_000
MOST_ON_BADGE: Final = 99
SORTS: Final[Mapping[str, tuple[str, bool]]] = {
    "newest": ("created_at", True),
    "oldest": ("created_at", False),
    "due": ("due_at", False),
}
"""The column, and whether it falls. By `due`, what has no deadline is left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """A task of the list.

    Args:
        blocks: why it goes on waiting, in plain words.
        may_continue, may_cancel: what the actor can do with it now.
        absent: the reviewer in whose place the actor would answer; None in the own.
    """

    task: Task
    blocks: str
    may_continue: bool
    may_cancel: bool
    absent: User | None = None


class Which(StrEnum):
    """Which tasks a list is of: those that the actor is asked about, all that wait, those that do not any more."""

    asked = "asked"
    waiting = "waiting"
    over = "over"


def listed(actor: Actor, query: Mapping[str, Any], which: Which = Which.waiting) -> QuerySet[Task]:
    """The tasks in reach, narrowed."""
    rows = tasks_in_reach(actor)
    if which is Which.asked:
        rows = asked_of_actor(actor, rows)
    waiting = Q(state=Task.State.QUEUEING)
    return narrowed(TaskPageFilter, rows.filter(~waiting if which is Which.over else waiting), query)


def asked_of_actor(actor: Actor, rows: QuerySet[Task]) -> QuerySet[Task]:
    """Those of them that a policy asks the actor about now, in whosever place."""
    return rows.filter(state=Task.State.QUEUEING, id__in=asked_of(actor).values("task"))


def own(actor: Actor, query: Mapping[str, Any]) -> QuerySet[Task]:
    """The tasks that the actor asked for, in whatever state."""
    rows = owned(tasks_in_reach(actor), actor)
    return narrowed(TaskPageFilter, rows, {"q": query.get("q", "")})


def page_of(actor: Actor, rows: QuerySet[Task], sort: str, query: Mapping[str, str]) -> Slice[Row]:
    """The rows that come behind the place `before` of the query, or back from `after`; the first ones without them."""
    column, falls = SORTS.get(sort, SORTS["newest"])
    if column == "due_at":
        rows = rows.filter(due_at__isnull=False)
    back = _place(query.get("after", ""))
    goes_back = back is not None
    place = back or _place(query.get("before", ""))
    if place is not None:
        rows = _beyond(rows, column, *place, falls=falls != goes_back)
    sign = "-" if falls != goes_back else ""
    found = list(rows.order_by(f"{sign}{column}", f"{sign}id")[: PAGE_SIZE + 1])
    has_more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if goes_back:
        found.reverse()
    has_before, has_after = (has_more, True) if goes_back else (place is not None, has_more)
    places = places_of(actor, found)
    return Slice(
        [row_of(actor, task, places) for task in found],
        _told(found[0], column) if found and has_before else "",
        _told(found[-1], column) if found and has_after else "",
    )


def row_of(actor: Actor, task: Task, places: Mapping[UUID, User | None]) -> Row:
    """A task as the actor finds it in the list: what rows alone tell; deciding looks at all of it.

    Args:
        places: of `asking.places_of`.
    """
    if task.state != Task.State.QUEUEING:
        return Row(task, "", may_continue=False, may_cancel=False)
    is_own = task.requester_id is not None and task.requester_id == actor.user_id
    overrides = actor.may(Permission.workflow_override) and task.can_be_overruled and not is_own
    decides = overrides or task.id in places
    takes_back = is_own and actor.may(Permission.request_tasks)
    absent = None if overrides else places.get(task.id)
    return Row(task, blocks(task), decides, decides or takes_back, absent)


def counted(rows: QuerySet[Task], most: int = MOST_COUNTED) -> str:
    """How many there are, as people read it; `1,000+` when there are more."""
    found = rows.order_by()[: most + 1].count()
    return f"{most:,}+" if found > most else f"{found:,}"


def waiting_for(actor: Actor) -> int:
    """How many tasks wait for the actor, counted to one more than a badge shows.

    Who may decide the tasks of others can decide all in reach, but those of which a policy leaves that to its
    reviewers; for a customer it is the own ones, for all others what a policy asks of them.
    """
    most = MOST_ON_BADGE + 1
    rows = tasks_in_reach(actor).filter(state=Task.State.QUEUEING).order_by()
    if actor.may(Permission.workflow_override):
        others = rows.exclude(requester_id=actor.user_id) if actor.user_id else rows
        asked = asked_of_actor(actor, others.filter(can_be_overruled=False)).values("id")
        return others.filter(can_be_overruled=True).values("id").union(asked, all=True)[:most].count()
    return (rows if actor.is_own_only else asked_of_actor(actor, rows))[:most].count()


def badge(count: int) -> str:
    """A count for a badge: nothing for none, `99+` for more."""
    return f"{MOST_ON_BADGE}+" if count > MOST_ON_BADGE else str(count or "")


def newest(actor: Actor, most: int = PAGE_SIZE) -> list[tuple[UUID, datetime]]:
    """Ids and last changes of the newest that wait: what tells a page that it is old."""
    rows = tasks_in_reach(actor).filter(state=Task.State.QUEUEING).order_by("-created_at", "-id")
    return list(rows.values_list("id", "changed_at")[:most])


def in_reach(actor: Actor, ids: set[UUID]) -> list[str]:
    """Those of the ids that the actor can see."""
    return [str(found) for found in tasks_in_reach(actor).filter(id__in=ids).values_list("id", flat=True)]


def _beyond(
    rows: QuerySet[Task], column: str, moment: datetime, task_id: UUID, *, falls: bool
) -> QuerySet[Task]:
    """What comes after a place. The first condition is the one that an index answers."""
    way = "lt" if falls else "gt"
    return rows.filter(**{f"{column}__{way}e": moment}).filter(
        Q(**{f"{column}__{way}": moment}) | Q(**{f"id__{way}": task_id})
    )


def _told(task: Task, column: str) -> str:
    return f"{getattr(task, column).astimezone(UTC).isoformat()}~{task.id}"


def _place(text: str) -> tuple[datetime, UUID] | None:
    moment, _, task_id = text.partition("~")
    known = uuid_from(task_id)
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found, known) if known and found.tzinfo and 1900 <= found.year <= 9998 else None
