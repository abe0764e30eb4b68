"""Who may say what to a task: the one place that page, API, link, chat, delegate and admin all pass."""

from accounts.actors import Actor
from accounts.roles import Permission
from approvals.models import Answer, Task
from common.problems import Problem, conflict, forbidden


def refusal_of(
    task: Task, actor: Actor, kind: Answer.Kind, *, on_behalf_of: int | None = None
) -> Problem | None:
    """Why the actor cannot continue or cancel the task now; None when it can be done.

    Those who ask take their own back, whatever the policy says, and never continue it.
    """
    if task.state != Task.State.QUEUEING:
        return decided_already(task)
    if actor.is_system:
        return None
    is_own = task.requester_id is not None and task.requester_id == actor.user_id
    if is_own and kind == Answer.Kind.CANCEL and actor.may(Permission.request_tasks):
        return None
    if not actor.may(Permission.workflow_override):
        return forbidden(
            "not_asked", "You are not asked about this task.", hint="Ask a manager to decide it."
        )
    if on_behalf_of is not None:
        return forbidden("no_delegation", "Nobody has handed this task over to you.")
    if is_own and kind == Answer.Kind.CONTINUE:
        return four_eyes()
    return None


def four_eyes() -> Problem:
    """Whoever asked never continues it."""
    return forbidden("four_eyes", "You asked for this yourself.", hint="Somebody else has to decide it.")


def decided_already(task: Task) -> Problem:
    """It does not wait for review any more: who decided, and when."""
    if task.decided_at is None:
        return conflict(
            "decided_already",
            "The task does not wait for review.",
            hint="Load it again.",
            extra={"state": task.state},
        )
    word = "cancelled" if task.state == Task.State.CANCELLED else "continued"
    return conflict(
        "decided_already",
        f"{task.decided_by or 'Somebody'} {word} the task on {task.decided_at:%Y-%m-%d at %H:%M:%S} UTC.",
        hint="Load it again.",
        extra={
            "state": task.state,
            "decided_by": task.decided_by,
            "decided_at": task.decided_at.isoformat(),
        },
    )
