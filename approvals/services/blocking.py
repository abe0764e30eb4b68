"""Why a task goes on waiting, in plain words: the stage, and the people and groups whose answers are missing."""

from collections.abc import Iterator
from typing import Final

from accounts.models import User
from approvals.models import ReviewGroup, Task
from approvals.policy.document import GroupReviewer, PolicyDocument, Reviewer, RoleReviewer
from approvals.policy.facts import State, Verdict
from approvals.policy.sentence import listed
from approvals.services.policies import document_of
from approvals.services.trying import ROLES

MOST_NAMES: Final = 4
MOST_TEXT: Final = 300
ANYBODY: Final = "Any manager or admin"


def blocks(task: Task) -> str:
    """Why it waits; empty for what does not."""
    if task.state != Task.State.QUEUEING:
        return ""
    return task.blocks or (f"Policy {task.policy_name}" if task.policy_name else ANYBODY)


def what_blocks(task: Task, verdict: Verdict) -> str:
    """Such as `Stage 2 of 3 (Finance): Ana or the group Network`."""
    document = document_of(task)
    if document is None:
        return ""
    if verdict.state is State.unsatisfiable or not verdict.waiting_for:
        return "Nobody who could decide is left"
    is_one, is_all = verdict.needed == 1, verdict.needed == len(verdict.waiting_for)
    of_many = "one of {name}" if is_one else "all {count} of {name}" if is_all else "{name} ({count} people)"
    who = listed([*_names(document, verdict, of_many)], "or" if is_one else "and")
    start = "" if is_one or is_all else f"{verdict.needed} more of "
    return f"{_stage(document, verdict)}{start}{who}"[:MOST_TEXT]


def _stage(document: PolicyDocument, verdict: Verdict) -> str:
    count, name = len(document.stages), document.stages[verdict.stage].name
    if count == 1:
        return f"{name}: " if name else ""
    return f"Stage {verdict.stage + 1} of {count}{f' ({name})' if name else ''}: "


def _names(document: PolicyDocument, verdict: Verdict, of_many: str) -> Iterator[str]:
    """Whose answers are missing: groups and roles by their names where many of them are, the others one by one."""
    left = {
        user.pk: user for user in User.objects.filter(pk__in=verdict.waiting_for).order_by("name", "email")
    }
    reviewers = () if verdict.is_by_hand else document.stages[verdict.stage].levels[verdict.level].reviewers
    together = []
    for reviewer in reviewers if len(left) > MOST_NAMES else ():
        name, members = _group(reviewer, left)
        if len(members) > 1:
            together.append(of_many.format(name=name, count=len(members)))
            left = {pk: user for pk, user in left.items() if pk not in members}
    people = [user.name or user.email for user in left.values()]
    more = len(people) - MOST_NAMES
    yield from people if more <= 1 else people[:MOST_NAMES]
    yield from together
    if more > 1:
        yield f"{more} others"


def _group(reviewer: Reviewer, left: dict[int, User]) -> tuple[str, set[int]]:
    """What a reviewer of many is called, and who of those who are left it is."""
    match reviewer:
        case GroupReviewer(id=pk):
            group = ReviewGroup.objects.filter(pk=pk).first()
            if group is not None:
                return f"the group {group.name}", {*group.members.values_list("id", flat=True)} & {*left}
        case RoleReviewer(role=role):
            return ROLES[role], {pk for pk, user in left.items() if user.role == role}
    return "", set()
