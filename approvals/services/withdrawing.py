"""Tasks that nobody need decide any more: what they were about has ended."""

from datetime import UTC, datetime

from django.db.models import QuerySet

from accounts.actors import Actor
from approvals.models import Task
from approvals.services import asking
from approvals.services.reviews_of_runs import caused_by_run_of
from approvals.services.task_events import tell
from approvals.services.telling import tell_on_commit
from approvals.services.trail import write_down


def withdraw(tasks: QuerySet[Task], why: str) -> int:
    """Cancel those of the tasks that wait, and say why; how many there were. Inside a transaction."""
    rows = list(tasks.filter(state=Task.State.QUEUEING).select_for_update().order_by("id"))
    now = datetime.now(UTC)
    message = f"Withdrawn: {why or 'the run ended.'}"
    for task in rows:
        task.state, task.changed_at, task.due_at = Task.State.CANCELLED, now, None
        task.decided_at, task.decided_by = now, "system"
        task.extra_data = {**task.extra_data, "workflow": message}
        write_down(Actor.system(), task, "withdrawn", message=message)
    fields = ("state", "changed_at", "due_at", "decided_at", "decided_by", "extra_data")
    Task.objects.bulk_update(rows, fields, batch_size=200)
    asking.forget([task.id for task in rows if task.policy is not None])
    for task in rows:
        with caused_by_run_of(task):
            tell(task, "cancelled")
    tell_on_commit(*rows)
    return len(rows)
