"""What of tasks an actor can reach, and how one looks to the actor. All reading begins here."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import owned, visible
from approvals.models import Answer, Task, TaskJob
from approvals.services.permitting import refusal_of
from common.ids import uuid_from
from common.problems import Problem, not_found
from flows.models import Run
from inventory.models import Server

MOST_LISTED = 20
_UNSHOWN = [
    f"server__{field.name}" for field in Server._meta.concrete_fields if field.name not in ("id", "hostname")
]


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as an actor sees it.

    Args:
        history: what was said to it, in order.
        refusals: why the actor cannot continue or cancel it, by kind; what can be done is not in it.
    """

    task: Task
    jobs: list[TaskJob]
    history: list[Answer]
    refusals: Mapping[Answer.Kind, Problem]

    @property
    def may_continue(self) -> bool:
        """Whether the actor can continue it now."""
        return Answer.Kind.CONTINUE not in self.refusals

    @property
    def may_cancel(self) -> bool:
        """Whether the actor can cancel it now."""
        return Answer.Kind.CANCEL not in self.refusals


def tasks_in_reach(actor: Actor) -> QuerySet[Task]:
    """The tasks that the actor can see, newest first: all of a tenant, or those that the actor asked for."""
    rows = visible(Task, actor)
    if not actor.may(Permission.view_tasks):
        rows = owned(rows, actor)
    return rows.select_related("tenant", "requester", "server")


def in_brief(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The same for a list of the API: without the texts, documents and rows that only one task's answer shows."""
    return without_texts(tasks.select_related(None).select_related("server")).defer(*_UNSHOWN)


def without_texts(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The same for any list: the columns that are long are read only where one is asked for."""
    return tasks.defer("text", "shown", "form", "policy", "reviewers", "request")


def last_tasks(actor: Actor, server: Server) -> QuerySet[Task]:
    """The last tasks of a server, newest first, as long as they are kept."""
    return tasks_in_reach(actor).filter(server=server)[:MOST_LISTED]


def open_task_of(actor: Actor, server: Server) -> Task | None:
    """The one open task of a server."""
    return tasks_in_reach(actor).filter(server=server, state__in=Task.OPEN).first()


def review_of(actor: Actor, run: Run) -> Task | None:
    """The task that a run waits for."""
    return tasks_in_reach(actor).filter(run_id=run.pk, state=Task.State.QUEUEING).first()


def task_of(actor: Actor, task_id: UUID | str) -> Task:
    """A task that the actor can see.

    Raises:
        Problem: 404 `not_found`, equal for foreign and unknown ids.
    """
    known = task_id if isinstance(task_id, UUID) else uuid_from(task_id)
    found = tasks_in_reach(actor).filter(id=known).first() if known else None
    if found is None:
        raise not_found("There is no such task.")
    return found


def view_of(actor: Actor, task: Task) -> TaskView:
    """The task with its jobs, its history, and what the actor can do with it."""
    kinds = (Answer.Kind.CONTINUE, Answer.Kind.CANCEL)
    refusals = {kind: refusal for kind in kinds if (refusal := refusal_of(task, actor, kind))}
    return TaskView(task, list(task.jobs.all()), list(task.answers.select_related("user")), refusals)
