"""Who is asked about tasks at present, kept in rows: what a list or a badge can ask without evaluating policies."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.models import User
from approvals.models import Asked, Delegation, Task
from approvals.policy.facts import Verdict
from approvals.services.blocking import what_blocks
from approvals.services.policies import document_of


def keep(task: Task, verdict: Verdict) -> None:
    """Write down whom the policy asks by now, and what blocks. Inside the transaction that holds the task."""
    document = document_of(task)
    takes_delegates = document is not None and document.delegates
    wanted = {
        user: (user in verdict.waiting_for, user in verdict.barred, takes_delegates)
        for user in verdict.waiting_for | verdict.barred
    }
    rows = Asked.objects.filter(task=task)
    known = {
        row[0]: row[1:] for row in rows.values_list("user_id", "is_open", "is_barred", "takes_delegates")
    }
    changed = {user for user in known.keys() | wanted.keys() if known.get(user) != wanted.get(user)}
    if changed:
        rows.filter(user__in=changed).delete()
        here = User.objects.filter(pk__in=changed & wanted.keys()).values_list("pk", flat=True)
        Asked.objects.bulk_create(
            Asked(
                task=task, user_id=user, is_open=is_open, is_barred=is_barred, takes_delegates=takes_delegates
            )
            for user in here
            for is_open, is_barred, _ in [wanted[user]]
        )
    if (text := what_blocks(task, verdict)) != task.blocks:
        task.blocks = text
        Task.objects.filter(pk=task.pk).update(blocks=text)


def forget(task_ids: Collection[UUID]) -> None:
    """Nobody is asked about these any more."""
    Asked.objects.filter(task__in=task_ids).delete()


def asked_of(actor: Actor) -> QuerySet[Asked]:
    """The places in which the actor can answer now: the own ones, and those of people who are away."""
    me = actor.user_id or 0
    own, absent = Q(user=me), Q(user__in=_absent(me), user__is_active=True, takes_delegates=True)
    barred = Asked.objects.filter(task=OuterRef("task"), user=me, is_barred=True)
    return Asked.objects.filter(own | absent, ~Exists(barred), is_open=True)


def places_of(actor: Actor, tasks: Collection[Task]) -> dict[UUID, User | None]:
    """Of these tasks those that the actor is asked about, each with the person in whose place; None in the own."""
    rows = asked_of(actor).filter(task__in=[task.pk for task in tasks]).select_related("user").order_by("pk")
    found: dict[UUID, User | None] = {}
    for row in rows:
        if row.user_id == actor.user_id:
            found[row.task_id] = None
        else:
            found.setdefault(row.task_id, row.user)
    return found


def _absent(user: int) -> QuerySet[Delegation, int]:
    """For whom the user stands in now."""
    now = datetime.now(UTC)
    rows = Delegation.objects.filter(delegate=user, start__lte=now, until__gt=now)
    return rows.values_list("owner_id", flat=True)
