"""What a reviewer sees of a task beside the task itself."""

from dataclasses import dataclass
from typing import Any, Final

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import visible
from approvals.models import Notice, Task
from approvals.services.notice_texts import fields_of, shown
from approvals.services.notices import deciders_of
from approvals.services.operations import LABELS
from approvals.services.reading import TaskView, view_of
from approvals.services.standing_in import stands_in_for
from flows.models import Run

MOST_NAMES: Final = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A task with all that its page tells.

    Args:
        absent: the reviewer in whose place the actor can answer.
        changes: of a reconfiguration, what would be another value.
        fields: the other things that a reviewer is shown, as label and value.
        run: the run that waits for the answer, or that carries the operation out, when the actor may see it.
        node: the name of the node that waits.
        deciders: ids and names of the others who could continue it now; empty when it does not wait.
        more_deciders: how many of them are left out.
        untold: how many mails and messages were given up.
    """

    view: TaskView
    absent: User | None
    changes: list[Change]
    fields: list[tuple[str, Any]]
    run: Run | None
    node: str
    deciders: list[tuple[int, str]]
    more_deciders: int
    untold: int


def shown_to(actor: Actor, task: Task) -> Shown:
    """The task as the actor reads it."""
    run = _run(actor, task)
    people = deciders_of(task) if task.state == Task.State.QUEUEING else []
    names = [(user.pk, user.name or user.email) for user in people if user.pk != actor.user_id]
    changes = _changes(task)
    # The page tells the server with a link beside them, and a node that is not known says nothing.
    changed = {change.label for change in changes} | ({"Server"} if task.server else set())
    return Shown(
        view=view_of(actor, task),
        absent=stands_in_for(task, actor),
        changes=changes,
        fields=[(label, value) for label, value in fields_of(task) if label not in changed and value != "-"],
        run=run,
        node=_node(run, task.node_id),
        deciders=names[:MOST_NAMES],
        more_deciders=max(0, len(names) - MOST_NAMES),
        untold=Notice.objects.filter(task=task, due_at=None, sent_at=None).exclude(error=None).count(),
    )


def _changes(task: Task) -> list[Change]:
    """The values of a reconfiguration. While it is held nobody changes the server."""
    if task.type != Task.Type.RECONFIGURE:
        return []
    values, before = task.request.get("values", {}), task.request.get("before", {})
    return [
        Change(LABELS.get(name, name), shown(before.get(name)), shown(value))
        for name, value in values.items()
    ]


def _run(actor: Actor, task: Task) -> Run | None:
    run_id = task.run_id or task.execution_id
    if run_id is None or not actor.may(Permission.view):
        return None
    return visible(Run, actor).select_related("flow", "version").filter(id=run_id).first()


def _node(run: Run | None, node_id: str) -> str:
    nodes = run.version.document.get("nodes", []) if run else []
    return next((str(node.get("name", "")) for node in nodes if node.get("id") == node_id), "")
