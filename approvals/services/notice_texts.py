"""What mails and chats say of tasks: plain text, so that no value can become anything else."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.actors import Actor
from accounts.links import site_link
from accounts.models import User
from accounts.services.zones import told_in, zone_of
from approvals.models import Answer, Notice, Task
from approvals.services.asking import places_of
from approvals.services.blocking import blocks
from approvals.services.notice_settings import Telling

MOST_TEXT = 4_000
MOST_VALUE = 300
DECIDE = """
Continue: {continue_}
Cancel: {cancel}

Each link opens a page that shows what will happen; nothing is decided before you press the button there. The links \
are yours alone, work once, and end on {until}. Do not pass them on.
"""


def subject_of(notice: Notice, telling: Telling) -> str:
    """The subject of a mail: the configured one, and what it is about."""
    is_reviewers = notice.reason.partition(":")[0] in ("asked", "remind")
    start = telling.row.approval_subject if is_reviewers else telling.row.requester_subject
    if notice.reason.startswith("remind"):
        start = f"Reminder: {start}"
    return f"{start}: {called(notice.task)}"[:200]


def called(task: Task) -> str:
    """What a task is called in a line of text."""
    return " ".join((task.title or f"{task.get_type_display()} {task.server or ''}").split())[:100]


def decide_text(notice: Notice, token: str, until: datetime) -> str:
    """The mail to one who may decide."""
    task = notice.task
    assert notice.user is not None  # noqa: S101  # a chat gets no mail
    links = DECIDE.format(
        continue_=site_link("approvals:link", token, "continue"),
        cancel=site_link("approvals:link", token, "cancel"),
        until=told_in(zone_of(notice.user), until),
    )
    return f"{what(task)}\n{why(task, notice.user)}{links}\nThe task: {task_link(task)}\n"


def why(task: Task, user: User) -> str:
    """What decides, and why this person is asked."""
    absent = places_of(Actor.of_user(user), [task]).get(task.pk)
    asks = f"The policy {task.policy_name} asks" if task.policy_name else "The flow asks"
    if absent is not None:
        reason = f"{asks} {absent.name or absent.email}, who is away and has named you as delegate."
    elif task.policy is not None:
        reason = f"{asks} you."
    else:
        reason = "You may decide the tasks of others."
    return f"{waits_for(task)}\n{reason}\n"


def waits_for(task: Task) -> str:
    """Whose answers are missing, in a sentence."""
    return f"It waits for: {blocks(task)}."


def requester_text(notice: Notice) -> str:
    """The mail to the one who asked for it."""
    task, kind = notice.task, notice.reason.partition(":")[0]
    zone = zone_of(notice.user) if notice.user else ZoneInfo("UTC")
    lines = [f"{called(task)}: {outcome(task, zone)}"]
    if kind == "question":
        answer = Answer.objects.filter(task=task, pk=int(notice.reason.partition(":")[2])).first()
        if answer is not None:
            lines = [f"{answer.user_name} asks about {called(task)}:", "", answer.message[:MOST_TEXT]]
    elif message := str(task.extra_data.get("workflow", "")):
        lines += ["", message[:MOST_TEXT]]
    if kind == "failed" and task.error:
        lines += ["", str(task.error.get("message", ""))[:MOST_TEXT]]
    return "\n".join([*lines, "", f"The task: {task_link(task)}", ""])


def outcome(task: Task, zone: ZoneInfo) -> str:
    """Where it stands, in a sentence; times in the zone."""
    if task.state == Task.State.FINISHED_UNSUCCESSFULLY:
        return "it failed."
    if task.decided_at is None:
        return f"{task.get_state_display().lower()}."
    word = "cancelled" if task.state == Task.State.CANCELLED else "continued"
    return f"{task.decided_by or 'the policy'} {word} it on {told_in(zone, task.decided_at)}."


def what(task: Task) -> str:
    """What was asked, for whoever has to decide."""
    owner = f" of {task.tenant.name}" if task.tenant else ""
    lines = [f"{task.requester_name or 'The program'}{owner} asks: {called(task)}", ""]
    if task.text:
        lines += [task.text[:MOST_TEXT], ""]
    lines += [f"{label}: {shown(value)}" for label, value in fields_of(task)]
    return "\n".join(lines).rstrip() + "\n"


def fields_of(task: Task) -> Sequence[tuple[str, Any]]:
    """What a reviewer is shown, as label and value."""
    return [(str(label), value) for label, value in task.shown]


def shown(value: Any) -> str:
    """A value in one line; what is no text or number as JSON, as flows have it."""
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = "-" if value is None else " ".join(told.split())
    return text if len(text) <= MOST_VALUE else f"{text[:MOST_VALUE]}…"


def chat_message(task: Task) -> dict[str, Any]:
    """What Slack, Teams and Mattermost take: `text`; beside it plain fields for programs.

    Its links lead to the task behind sign-in: a chat has many readers, and a link that decides is one person's.
    """
    link = task_link(task)
    return {
        "text": f"Waiting for review: {called(task)}\n{what(task)}\n{waits_for(task)}\n{link}",
        "task": str(task.id),
        "type": task.type,
        "state": task.state,
        "title": called(task),
        "tenant": task.tenant.name if task.tenant else None,
        "requester": task.requester_name,
        "blocks": blocks(task),
        "created_at": task.created_at.isoformat(),
        "due_at": task.due_at.isoformat() if task.due_at else None,
        "fields": [{"title": label, "value": shown(value)} for label, value in fields_of(task)],
        "links": {
            "task": link,
            "continue": f"{link}?answer=continue&way=chat",
            "cancel": f"{link}?answer=cancel&way=chat",
        },
    }


def task_link(task: Task) -> str:
    """The page of the task."""
    return site_link("approvals:task-detail", task.id)
