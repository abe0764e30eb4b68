"""What is shown of tasks beside runs and servers, and how many wait."""

from django.urls import reverse

from accounts.actors import Actor
from accounts.roles import Permission
from approvals.models import Task
from approvals.services import queue
from approvals.services.reading import open_task_of, review_of
from flows.models import Run
from inventory.models import Server
from look.beside import Beside, register

SEE = (Permission.view_tasks, Permission.request_tasks)
COLOURS = {Task.State.QUEUEING: "yellow", Task.State.PENDING: "azure", Task.State.STARTED: "blue"}


def tell() -> None:
    """Say what is shown beside runs and servers."""
    register("run", of_run)
    register("server", of_server)


def of_run(actor: Actor, run: Run) -> Beside | None:
    """The task that the run waits for."""
    waits = run.status == Run.Status.WAITING
    return _told(review_of(actor, run)) if waits and _sees(actor) else None


def of_server(actor: Actor, server: Server) -> Beside | None:
    """The open task of the server."""
    return _told(open_task_of(actor, server)) if _sees(actor) else None


def waiting_badge(actor: Actor | None) -> str:
    """How many tasks wait for the actor: nothing for none, `99+` for more."""
    return queue.badge(queue.waiting_for(actor)) if actor is not None and _sees(actor) else ""


def _told(task: Task | None) -> Beside | None:
    if task is None:
        return None
    label = (
        f"{task.get_type_display()}: {task.get_state_display().lower()}"
        if task.server_id
        else task.get_state_display()
    )
    return Beside(label, reverse("approvals:task-detail", args=[task.id]), COLOURS[Task.State(task.state)])


def _sees(actor: Actor) -> bool:
    return any(actor.may(permission) for permission in SEE)
