"""What the workers' sweepers do with tasks that wait: look at those whose policy has something to do by now."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from approvals.models import Task
from approvals.services import ending
from approvals.services.settling import settle
from approvals.services.telling import tell_on_commit
from flows.services import sweeping

MOST_AT_ONCE = 200
REST = timedelta(minutes=1)
"""After a fault, until the task is looked at again."""


def connect() -> None:
    """Have the workers' sweepers do it."""
    sweeping.every_second("tasks", look, lambda now: [due(now)])


def due(now: datetime) -> QuerySet[Task]:
    """Tasks whose policy has something to do by then."""
    return Task.objects.filter(state=Task.State.QUEUEING, due_at__lte=now)


def look(now: datetime | None = None) -> int:
    """Do what is due, oldest first; how many tasks it was. Any number of processes may look at the same time."""
    moment = now or datetime.now(UTC)
    found = list(due(moment).order_by("due_at").values_list("id", flat=True)[:MOST_AT_ONCE])
    return sum(_looked_at(task_id, moment) for task_id in found)


def _looked_at(task_id: UUID, now: datetime) -> bool:
    with sweeping.alone("task_not_settled", task=str(task_id)):
        return look_at(task_id, now)
    Task.objects.filter(id=task_id, due_at__lte=now).update(due_at=now + REST)
    return False


def look_at(task_id: UUID, now: datetime) -> bool:
    """Do what the policy of one task says by now; whether that was for us to do."""
    with transaction.atomic():
        found = Task.objects.filter(id=task_id).first()
        if found is None:
            return False
        ending.hold_run_of(found)
        rows = Task.objects.select_for_update(of=("self",)).select_related("tenant", "server", "requester")
        # Looked up again: another process may have done it while we waited for the row.
        task = rows.filter(id=task_id, state=Task.State.QUEUEING, due_at__lte=now).first()
        if task is None:
            return False
        settle(task, now)
        tell_on_commit(task)
    return True
