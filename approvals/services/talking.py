"""What is said to a task without deciding it: comments, questions, handing over, acknowledging a failure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.roles import Permission, Role
from approvals.models import Answer, Task
from approvals.services import settling
from approvals.services.deciding import locked, plain, said
from approvals.services.permitting import Admission, admission_of, is_own, refusal_of
from approvals.services.reviewers import may_review
from approvals.services.standing_in import stands_in_for
from approvals.services.telling import tell_on_commit
from approvals.services.trail import write_down
from common.problems import bad_value, conflict, forbidden

MOST_TO = 50


def comment(*, actor: Actor, task_id: UUID, message: str, way: Answer.Way) -> Answer:
    """Say something to a task, whatever state it is in.

    Raises:
        Problem: 404 `not_found`; 400 `bad_message`, `required`; 403 `not_asked`.
    """
    return _talk(actor, task_id, Answer.Kind.COMMENT, message, way)


def ask(*, actor: Actor, task_id: UUID, message: str, way: Answer.Way) -> Answer:
    """Ask whoever requested it for information; the task goes on waiting.

    Raises:
        Problem: 404 `not_found`; 400 `bad_message`, `required`; 403 `not_asked`; 409 `decided_already`.
    """
    return _talk(actor, task_id, Answer.Kind.QUESTION, message, way)


def _talk(actor: Actor, task_id: UUID, kind: Answer.Kind, message: str, way: Answer.Way) -> Answer:
    text = plain(message)
    if not text:
        raise bad_value("required", "Write something.", field="message")
    with transaction.atomic():
        task = locked(actor, task_id)
        need_voice(task, actor, kind)
        absent = stands_in_for(task, actor)
        now = datetime.now(UTC)
        answer = said(task, actor, kind, way, now, message=text, on_behalf_of=absent)
        verb = "asked" if kind == Answer.Kind.QUESTION else "commented"
        write_down(actor, task, verb, message=text, way=way.value)
        tell_on_commit(task)
    return answer


def need_voice(task: Task, actor: Actor, kind: Answer.Kind) -> None:
    """Stop unless the actor may say such a thing: who may decide may, in whosever place.

    Raises:
        Problem: 403 `not_asked`; for a question also those of `reviewer`.
    """
    if kind != Answer.Kind.QUESTION or actor.role is Role.connector:
        need_part(task, actor)
    elif stands_in_for(task, actor) is None:
        reviewer(task, actor)


def may_comment(task: Task, actor: Actor) -> bool:
    """Whether the actor has a part in it: asked for it, or may review it, in the own place or in that of somebody who
    is away."""
    if actor.role is Role.connector:  # it continues and cancels, and nothing else
        return False
    if is_own(task, actor) and actor.may(Permission.request_tasks):
        return True
    if actor.may(Permission.workflow_override) or refusal_of(task, actor, Answer.Kind.CONTINUE) is None:
        return True
    return stands_in_for(task, actor) is not None


def need_part(task: Task, actor: Actor) -> None:
    """Stop unless the actor may comment.

    Raises:
        Problem: 403 `not_asked`.
    """
    if not may_comment(task, actor):
        raise forbidden("not_asked", "Those who asked for it and those who review it write here.")


def reassign(
    *, actor: Actor, task_id: UUID, to_users: Sequence[int], message: str = "", way: Answer.Way
) -> Task:
    """Have others asked in the actor's place.

    Raises:
        Problem: 404 `not_found`; 403 `not_asked`; 409 `decided_already`; 400 `unknown_user`, `bad_message`.
    """
    text, wanted = plain(message), sorted(set(to_users))
    with transaction.atomic():
        task = locked(actor, task_id)
        is_override = reviewer(task, actor).is_override
        _check_users(task, wanted)
        now, kind = datetime.now(UTC), Answer.Kind.REASSIGN
        said(task, actor, kind, way, now, message=text, to_users=wanted, is_override=is_override)
        settling.settle(task, now, by=actor.name)
        write_down(actor, task, "reassigned", message=text, way=way.value, to_users=wanted)
        tell_on_commit(task)
    return task


def acknowledge(*, actor: Actor, task_id: UUID) -> Task:
    """Take note that an operation failed.

    Raises:
        Problem: 404 `not_found`; 403 `not_asked`; 409 `not_failed`.
    """
    with transaction.atomic():
        task = locked(actor, task_id)
        if actor.role is not Role.connector:
            need_part(task, actor)
        before = task.state
        if before != Task.State.FINISHED_UNSUCCESSFULLY:
            raise conflict("not_failed", "Only a task that failed is acknowledged.", extra={"state": before})
        task.state, task.changed_at = Task.State.ACK_ERROR, datetime.now(UTC)
        task.save(update_fields=["state", "changed_at"])
        write_down(actor, task, "acknowledged", state=[before, task.state])
        tell_on_commit(task)
    return task


def reviewer(task: Task, actor: Actor) -> Admission:
    """As a reviewer in the own place: a delegate cannot pass it on, taking an own task back is not reviewing it, and a
    connector only decides."""
    if actor.role is Role.connector:
        need_part(task, actor)
    return admission_of(task, actor, Answer.Kind.CONTINUE)


def _check_users(task: Task, wanted: Sequence[int]) -> None:
    """Only those are asked who could decide, and never the one who requested it."""
    if not 1 <= len(wanted) <= MOST_TO:
        raise bad_value("unknown_user", f"Name 1 to {MOST_TO} users.", field="to_users")
    known = set(may_review(task.tenant_id).filter(id__in=wanted).values_list("id", flat=True))
    missing = [user_id for user_id in wanted if user_id not in known or user_id == task.requester_id]
    if missing:
        raise bad_value(
            "unknown_user", f"The user {missing[0]} cannot be asked about this task.", field="to_users"
        )
