"""A server that an operation waits for, or is at work on, is not changed meanwhile: `inventory.services.gate`."""

from collections.abc import Collection
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.actors import Actor
from approvals.models import Task
from common.problems import Problem, conflict
from inventory.models import Server
from inventory.services import gate

RECONFIGURES: Final = frozenset(
    {"cpu", "ram", "disk", "ip", "ip6", "interfaces", "status", "deleted_at", "user", "tenant"}
)
"""Changes that are an operation, or that would make another one of what was asked for."""
PLACES: Final = frozenset({"node", "vmid"})
"""Where the machine is: whoever decides may still say it."""


class TaskGate:
    """Open tasks hold their server."""

    def holder(self) -> Subquery:
        """The id of the open task."""
        return Subquery(_open_tasks().values("pk")[:1])

    def standing(self) -> Subquery:
        """Its state."""
        return Subquery(_open_tasks().values("state")[:1])

    def check(self, server: Server, holder: object, fields: Collection[str], actor: Actor) -> None:
        """Refuse what would change the operation.

        Raises:
            Problem: 409 `server_is_held`.
        """
        if not (RECONFIGURES | PLACES).intersection(fields):
            return
        task = Task.objects.filter(pk=str(holder)).first()
        is_waiting = task is not None and task.state == Task.State.QUEUEING
        if task is None or (is_waiting and not RECONFIGURES.intersection(fields)):
            return
        raise server_is_held(server, task)


def _open_tasks() -> QuerySet[Task]:
    return Task.objects.filter(server=OuterRef("pk"), state__in=Task.OPEN).order_by()


def server_is_held(server: Server, task: Task) -> Problem:
    """Nothing else happens to the server before the task is over."""
    is_waiting = task.state == Task.State.QUEUEING
    what = f"{task.get_type_display().lower()} of {server.hostname}"
    return conflict(
        "server_is_held",
        f"The {what} waits for review." if is_waiting else f"The {what} is under way.",
        hint="Decide or cancel the task first." if is_waiting else "Wait until it is over.",
        extra={"task": str(task.pk), "state": task.state},
    )


def connect() -> None:
    """Have inventory ask."""
    gate.register(TaskGate())
