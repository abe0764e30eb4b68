"""The one way in which tasks are decided, whoever does it and however it comes in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from approvals.models import Answer, Task
from approvals.services import ending, form_answers, settling
from approvals.services.permitting import admission_of
from approvals.services.reading import task_of
from approvals.services.telling import tell_on_commit
from approvals.services.trail import write_down
from common.problems import bad_value, conflict

MOST_MESSAGE = 10_000
VERBS = {Answer.Kind.CONTINUE: "continued", Answer.Kind.CANCEL: "cancelled"}
"""What an answer is called in the audit trail, by the kinds that decide."""


def decide(
    *,
    actor: Actor,
    task_id: UUID,
    kind: Answer.Kind,
    message: str = "",
    way: Answer.Way,
    form: Mapping[str, Any] | None = None,
    on_behalf_of: int | None = None,
    content_hash: str | None = None,
) -> Task:
    """Say continue or cancel; the task as it stands after that. Its policy may ask for more answers than this one.

    Args:
        message: plain text, kept with the task when this decides it.
        form: what was filled in, by name; looked at when it is continued.
        on_behalf_of: the user in whose place a delegate says it.
        content_hash: of what the reviewer saw; None does not ask.

    Raises:
        Problem: 404 `not_found`; 409 `decided_already` with who and when, `content_changed`; 403 `four_eyes`,
            `not_asked` and the others of `admission_of`; 400 `bad_message`, and those of `form_answers.checked`.
    """
    text = plain(message)
    with transaction.atomic():
        task = locked(actor, task_id)
        admission = admission_of(task, actor, kind, on_behalf_of=on_behalf_of)
        if content_hash is not None and content_hash != task.content_hash:
            raise conflict("content_changed", "The task is not what you saw.", hint="Load it again and look.")
        if kind == Answer.Kind.CONTINUE:
            task.form_answers = form_answers.checked(task.form, form)
        now = datetime.now(UTC)
        is_override = admission.is_override
        said(task, actor, kind, way, now, message=text, on_behalf_of_id=on_behalf_of, is_override=is_override)
        before = task.state
        if admission.is_final:
            ending.end(task, ending.Ending(VERBS[kind], text, actor.name, now))
        else:
            settling.settle(task, now, by=actor.name, message=text)
        state = [before, task.state] if task.state != before else None
        told = {"state": state, "on_behalf_of": on_behalf_of}
        write_down(actor, task, VERBS[kind], message=text, way=way.value, **told)
        tell_on_commit(task)
    return task


def locked(actor: Actor, task_id: UUID) -> Task:
    """The task, which nobody else changes before the transaction at hand is over.

    Raises:
        Problem: 404 `not_found`.
    """
    task = task_of(actor, task_id)
    ending.hold_run_of(task)
    return (
        Task.objects.select_for_update(of=("self",))
        .select_related("tenant", "server", "requester")
        .get(id=task.id)
    )


def said(task: Task, actor: Actor, kind: Answer.Kind, way: Answer.Way, at: datetime, **more: Any) -> Answer:
    """Keep what the actor said."""
    return Answer.objects.create(
        task=task, kind=kind, way=way, at=at, user_id=actor.user_id, user_name=actor.name, **more
    )


def plain(message: str) -> str:
    """The message without space around it.

    Raises:
        Problem: 400 `bad_message`.
    """
    text = message.strip()
    if len(text) > MOST_MESSAGE or "\0" in text:
        raise bad_value(
            "bad_message", f"A message is plain text of at most {MOST_MESSAGE} characters.", field="message"
        )
    return text
