"""Which run acts for a task: the one that carries it out, or the one that takes it back after that was cut off."""

from typing import Final

from django.db.models import QuerySet

from approvals.models import Task
from flows.sdk import NodeError

AT_WORK: Final = (Task.State.PENDING, Task.State.STARTED)


class NoTask(NodeError):
    """The run acts for no task: a run that someone else drew gets none, and one that was cut off has none any more."""

    def __init__(self) -> None:
        super().__init__(
            "not_a_task", "This run was not started for a task.", hint="Ask for the operation itself."
        )


def acting(task: Task) -> QuerySet[Task]:
    """The task's row, as long as it is at work and the run acts for it that it was read with."""
    return Task.objects.filter(id=task.id, state__in=AT_WORK, execution_id=task.execution_id)


def check_acting(task: Task) -> None:
    """See that the run with which the task was read acts for it until the transaction at hand ends.

    Raises:
        NoTask: it was cut off, and another takes back what it did.
    """
    if acting(task).select_for_update().first() is None:
        raise NoTask
