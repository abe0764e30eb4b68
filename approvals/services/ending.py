"""The end of the review of a task: one guarded update, and what follows from it in the same transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from approvals.models import Task
from approvals.services import asking, carrying_out
from approvals.services.permitting import decided_already
from approvals.services.reviews_of_runs import caused_by_run_of
from flows.models import QueueEntry
from flows.services.waits import answer_review

WORDS = {"continued": "continued", "cancelled": "cancelled", "expired": "let expire"}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a review ends.

    Args:
        port: `continued`, `cancelled` or `expired`; a run that waits goes on behind the port of this name.
        by: who decided, as people read it.
    """

    port: str
    message: str
    by: str
    at: datetime


def end(task: Task, how: Ending) -> None:
    """End the review. Inside the transaction that holds the task.

    Raises:
        Problem: 409 `decided_already`.
    """
    task.state = state_after(task, how.port)
    task.decided_at, task.changed_at, task.decided_by, task.due_at = how.at, how.at, how.by[:254], None
    if how.message:
        task.extra_data = {**task.extra_data, "workflow": how.message}
    if how.port == "expired":
        task.error = {"code": "expired", "message": how.message or "Nobody decided in time.", "hint": ""}
    fields = (
        "state",
        "decided_at",
        "changed_at",
        "decided_by",
        "due_at",
        "extra_data",
        "error",
        "form_answers",
    )
    changed = Task.objects.filter(id=task.id, state=Task.State.QUEUEING).update(
        **{name: getattr(task, name) for name in fields}
    )
    if not changed:
        raise decided_already(Task.objects.get(id=task.id))
    if task.policy is not None:
        asking.forget([task.id])
    if task.run_id is not None:
        _answer_run(task, task.run_id, how)
    with caused_by_run_of(task):
        carrying_out.reviewed(task, how.port)


def state_after(task: Task, port: str) -> Task.State:
    """Nothing is left to do for a review once the run that waits has its answer; an operation begins now."""
    if port != "continued":
        return Task.State.CANCELLED
    return Task.State.FINISHED_SUCCESSFULLY if task.type == Task.Type.REVIEW else Task.State.PENDING


def hold_run_of(task: Task) -> None:
    """Lock the run that waits for the answer before the task: parking and cancelling lock in this order, too."""
    if task.run_id is not None:
        QueueEntry.objects.select_for_update().filter(run_id=task.run_id).first()


def _answer_run(task: Task, run_id: UUID, how: Ending) -> None:
    answer = f"{how.by} {WORDS[how.port]} it" + (f": {how.message}" if how.message else ".")
    data = {
        "task": str(task.id),
        "message": how.message,
        "by": how.by,
        "at": how.at.isoformat(),
        "form": task.form_answers,
    }
    answer_review(run_id=run_id, node=task.node_id, port=how.port, data=data, answer=answer[:1_000])
