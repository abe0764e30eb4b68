"""Makes, of what changed in tasks, one notice for each person who has to be told."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from accounts.services import mail as post
from approvals.models import Answer, News, Notice, Task
from approvals.policy.facts import Verdict
from approvals.services.notice_settings import Telling, telling_of
from approvals.services.policies import verdict_of
from approvals.services.reviewers import overriders

MOST_PEOPLE: Final = 200
"""So many are told of one task at most; more than that cannot mean each of them."""
BATCH: Final = 20
Wanted = tuple[User | None, str]
"""Whom, and why; nobody is the chat."""


def note(tasks: Iterable[Task]) -> None:
    """Have a worker look whom to tell. Inside the transaction that changes the tasks."""
    now = datetime.now(UTC)
    ids = [task.id for task in tasks if task.state == Task.State.QUEUEING or task.decided_at is not None]
    # A step that waits again keeps the task that it has: the one that was made for it is no row.
    known = set(Task.objects.filter(id__in=ids).values_list("id", flat=True)) if ids else set()
    News.objects.bulk_create([News(task_id=task_id, at=now) for task_id in ids if task_id in known])


def make_due() -> int:
    """Make the notices of the oldest news; how many news were seen. Any number of workers may do it at a time."""
    seen = 0
    for task_id in dict.fromkeys(News.objects.order_by("id").values_list("task_id", flat=True)[:BATCH]):
        with transaction.atomic():
            task = (
                Task.objects.select_for_update(of=("self",))
                .select_related("tenant", "requester", "server")
                .filter(id=task_id)
                .first()
            )
            news = list(News.objects.filter(task_id=task_id).values_list("id", flat=True))
            if task is not None and news:
                _make(task)
            seen += News.objects.filter(id__in=news).delete()[0]
    return seen


def _make(task: Task) -> None:
    telling, now = telling_of(task.tenant_id), datetime.now(UTC)
    wanted = list(
        _of_waiting(task, telling) if task.state == Task.State.QUEUEING else _of_over(task, telling)
    )
    told = set(Notice.objects.filter(task=task).values_list("user_id", "reason"))
    rows = [
        Notice(task=task, user=user, reason=reason, made_at=now, due_at=now)
        for user, reason in wanted
        if (user.pk if user else None, reason) not in told
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _of_waiting(task: Task, telling: Telling) -> Iterable[Wanted]:
    if telling.chat_url:
        yield None, "chat"
    if not post.status().is_ready:
        return
    said = list(task.answers.filter(kind__in=(Answer.Kind.REMIND, Answer.Kind.QUESTION)))
    if telling.row.mails_reviewers:
        yield from _of_deciders(task, [one for one in said if one.kind == Answer.Kind.REMIND])
    if telling.row.mails_requester and _has_mail(task.requester):
        yield from (
            (task.requester, f"question:{one.pk}") for one in said if one.kind == Answer.Kind.QUESTION
        )


def _of_deciders(task: Task, reminders: list[Answer]) -> Iterable[Wanted]:
    """Each is asked once in a stage, and reminded of what came after that."""
    verdict = verdict_of(task)
    asked = f"asked:{verdict.stage}" if verdict and verdict.stage else "asked"
    made = dict(Notice.objects.filter(task=task, reason=asked).values_list("user_id", "made_at"))
    for user in deciders_of(task, verdict):
        yield user, asked
        since = made.get(user.pk)
        if since is not None:
            yield from ((user, f"remind:{one.pk}") for one in reminders if one.at > since)


def _of_over(task: Task, telling: Telling) -> Iterable[Wanted]:
    if telling.row.mails_requester and _has_mail(task.requester) and post.status().is_ready:
        yield task.requester, "ended"
        if task.state == Task.State.FINISHED_UNSUCCESSFULLY:
            yield task.requester, "failed"


def deciders_of(task: Task, verdict: Verdict | None = None) -> list[User]:
    """The people who could continue the task now.

    Args:
        verdict: what its policy has come to, where that is known.
    """
    verdict = verdict or verdict_of(task)
    ids = overriders(task.tenant_id) if verdict is None else verdict.may_answer
    people = User.objects.select_related("tenant", "scope").filter(pk__in=ids).order_by("pk")
    if verdict is None:
        people = _near(people, task)
    return [user for user in people[:MOST_PEOPLE] if _has_mail(user) and user.pk != task.requester_id]


def _near(people: QuerySet[User], task: Task) -> QuerySet[User]:
    """Without a policy the platform's admins are asked only where a tenant has nobody of its own."""
    others = people.exclude(role=Role.platform_admin)
    return others if task.tenant_id is not None and others.exists() else people


def _has_mail(user: User | None) -> bool:
    return user is not None and user.can_sign_in and bool(user.email)
