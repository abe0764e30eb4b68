"""Who may say what to a task: the one place that page, API, link, chat, delegate and admin all pass."""

from dataclasses import dataclass

from accounts.actors import Actor
from accounts.roles import Permission, with_included
from approvals.models import Answer, Task
from approvals.policy.facts import Refusal
from approvals.services.policies import admitted
from common.problems import Problem, conflict, forbidden

HINTS = {
    "not_asked": "Ask a manager, or one of those whom the policy asks.",
    "four_eyes": "Somebody else has to decide it.",
    "no_delegation": "Ask the reviewer to hand over, or answer for yourself.",
}


@dataclass(frozen=True, slots=True)
class Admission:
    """What an answer counts for.

    Args:
        is_final: it decides alone, whatever the policy says: people take back what they asked for, and the program
            does what the policy came to.
        is_override: it is said by the right to decide the tasks of others.
    """

    is_final: bool = False
    is_override: bool = False


def admission_of(
    task: Task, actor: Actor, kind: Answer.Kind, *, on_behalf_of: int | None = None
) -> Admission:
    """What an answer of the actor would count for now.

    Raises:
        Problem: 409 `decided_already`, `answered_already`; 403 `four_eyes`, `not_asked`, `no_delegation`, `gone`,
            `not_allowed` (a token that may not decide).
    """
    if task.state != Task.State.QUEUEING:
        raise decided_already(task)
    if actor.is_system:
        return Admission(is_final=True)
    if kind == Answer.Kind.CANCEL and is_own(task, actor) and actor.may(Permission.request_tasks):
        return Admission(is_final=True)
    if actor.token_id is not None and Permission.workflow_override not in with_included(actor.scopes):
        # What its owner is asked for by a policy, a token does only where it was made for that.
        raise _told(Refusal("not_asked", "This token may not decide tasks."))
    if task.policy is None and on_behalf_of is not None:
        raise _told(Refusal("no_delegation", "Nobody was asked by name, so nobody can be stood in for."))
    found = admitted(task, actor, on_behalf_of)
    if found.refusal is not None:
        raise _told(found.refusal)
    return Admission(is_final=task.policy is None, is_override=found.is_override)


def refusal_of(
    task: Task, actor: Actor, kind: Answer.Kind, *, on_behalf_of: int | None = None
) -> Problem | None:
    """Why the actor cannot continue or cancel the task now; None when it can be done."""
    try:
        admission_of(task, actor, kind, on_behalf_of=on_behalf_of)
    except Problem as problem:
        return problem
    return None


def is_own(task: Task, actor: Actor) -> bool:
    """Whether the actor asked for it."""
    return task.requester_id is not None and task.requester_id == actor.user_id


def _told(refusal: Refusal) -> Problem:
    make = conflict if refusal.code in ("decided_already", "answered_already") else forbidden
    return make(refusal.code, refusal.message, hint=HINTS.get(refusal.code, ""))


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
