"""In whose place somebody can answer a task: reviewers who are away and have named a delegate."""

from datetime import UTC, datetime

from accounts.actors import Actor
from accounts.models import User
from approvals.models import Answer, Task
from approvals.services.permitting import refusal_of
from approvals.services.policies import context_of


def stands_in_for(task: Task, actor: Actor) -> User | None:
    """The reviewer in whose place the actor can answer now; None for who can answer alone, or for nobody."""
    if task.policy is None or task.state != Task.State.QUEUEING or actor.user_id is None:
        return None
    if refusal_of(task, actor, Answer.Kind.CONTINUE) is None:
        return None
    for one in context_of(task, datetime.now(UTC)).delegations:
        if one.delegate == actor.user_id and not refusal_of(
            task, actor, Answer.Kind.CONTINUE, on_behalf_of=one.owner
        ):
            return User.objects.filter(pk=one.owner).first()
    return None
