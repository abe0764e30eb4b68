"""What a policy means, before anything leans on it: in sentences, and by trying answers on it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.actors import Actor
from accounts.models import User
from accounts.scope import visible
from approvals.models import ReviewGroup
from approvals.policy.document import (
    FieldReviewer,
    GroupReviewer,
    PolicyDocument,
    Reviewer,
    RoleReviewer,
    UserReviewer,
)
from approvals.policy.evaluation import evaluate, may_answer
from approvals.policy.facts import Answer, Context, State, Verdict
from approvals.policy.hours import read_calendar
from approvals.policy.problems import PolicyProblem, problems_of
from approvals.policy.sentence import listed, sentences, span_text
from approvals.services.calendars import usable_calendars
from approvals.services.reviewers import TenantDirectory, resolved

ROLES = {
    "tenant_admin": "the tenant's admins",
    "manager": "the managers",
    "platform_admin": "the platform's admins",
}
MOST_MOMENTS = 60
ENDS = {
    State.continued: "Continued.",
    State.cancelled: "Cancelled.",
    State.expired: "Expired.",
    State.unsatisfiable: "Nobody who is asked can decide it: those who may decide the tasks of others are asked.",
}


@dataclass(frozen=True, slots=True)
class TriedAnswer:
    """Somebody says `continue` or `cancel`, so many minutes after the task was held."""

    user: int
    kind: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a try.

    Args:
        said: what happened.
        text: how it stands then.
        refused: why the answer was not taken; empty when it was.
    """

    minutes: int
    said: str
    text: str
    state: str
    refused: str = ""

    @property
    def after(self) -> str:
        """How long after the task was held, in words."""
        return span_text(self.minutes) if self.minutes else "At once"


@dataclass(frozen=True, slots=True)
class Preview:
    """`people`: who can be tried as a reviewer, by id; who is known with the task only has an id below zero."""

    sentences: list[str]
    problems: list[PolicyProblem]
    people: dict[int, str]
    steps: list[Step]


class _StandIns(TenantDirectory):
    """Somebody stands for each reviewer who is not known yet: ids below zero, in the order of the policy."""

    unknown: list[Reviewer]

    def people(self, reviewer: Reviewer) -> frozenset[int] | None:
        """Those who are meant."""
        if reviewer in self.unknown:
            return frozenset({-1 - self.unknown.index(reviewer)})
        return super().people(reviewer)


def preview(
    actor: Actor, document: PolicyDocument, owner_id: int | None, answers: Sequence[TriedAnswer] = ()
) -> Preview:
    """What the policy would mean for a task of its owner that is held now, as people and groups are today."""
    directory = _StandIns(owner_id, owner_id)
    directory.unknown = _unknown(document, directory)
    people = resolved(document, directory)
    asked = frozenset().union(*(level for stage in people for level in stage))
    name_of = name_of_reviewer(actor, owner_id)
    names = _names(actor, asked, [name_of(one) for one in directory.unknown])
    calendar = usable_calendars(owner_id).filter(pk=document.calendar).first() if document.calendar else None
    begin = datetime.now(UTC).replace(second=0, microsecond=0)
    context = Context(people, begin, calendar=read_calendar(vars(calendar)) if calendar else None)
    return Preview(
        sentences(document, name_of),
        problems_of(document, directory),
        names,
        _steps(document, context, sorted(answers, key=lambda one: one.minutes), names),
    )


def name_of_reviewer(actor: Actor, owner_id: int | None) -> Callable[[Reviewer], str]:
    """How a reviewer of a policy is called."""
    users = visible(User, actor)
    groups = ReviewGroup.objects.filter(tenant=owner_id)

    def name(reviewer: Reviewer) -> str:
        match reviewer:
            case UserReviewer(id=pk):
                found = users.filter(pk=pk).first()
                return (found.name or found.email) if found else "somebody who is gone"
            case GroupReviewer(id=pk):
                group = visible(groups, actor).filter(pk=pk).first()
                return f"the group {group.name}" if group else "a group that is gone"
            case RoleReviewer(role=role):
                return ROLES[role]
            case FieldReviewer(path=path):
                return f"whoever {path} names"

    return name


def _unknown(document: PolicyDocument, directory: TenantDirectory) -> list[Reviewer]:
    reviewers = (one for stage in document.stages for level in stage.levels for one in level.reviewers)
    return list(dict.fromkeys(one for one in reviewers if not directory.is_known(one)))


def _names(actor: Actor, ids: frozenset[int], unknown: list[str]) -> dict[int, str]:
    rows = visible(User, actor).filter(pk__in=ids)
    known = {pk: name or email for pk, name, email in rows.values_list("id", "name", "email")}
    known |= {-1 - place: name for place, name in enumerate(unknown)}
    found = {one: known.get(one, f"somebody ({one})") for one in ids}
    return dict(sorted(found.items(), key=lambda pair: pair[1].lower()))


def _steps(
    document: PolicyDocument, context: Context, answers: Iterable[TriedAnswer], names: dict[int, str]
) -> list[Step]:
    said: list[Answer] = []
    verdict = evaluate(document, context, said, context.opened_at)
    steps = [_step(context, verdict, context.opened_at, "It is held", names)]
    now = context.opened_at
    for answer in answers:
        at = context.opened_at + timedelta(minutes=answer.minutes)
        steps += _quiet(document, context, said, (now, at), names)
        who, now = names.get(answer.user, "Somebody else"), at
        refusal = may_answer(document, context, said, answer.user, now=at)
        if refusal is None:
            said.append(Answer("continue" if answer.kind == "continue" else "cancel", answer.user, at))
        verdict = evaluate(document, context, said, at)
        refused = refusal.message if refusal else ""
        steps.append(_step(context, verdict, at, f"{who} says {answer.kind}", names, refused))
    return steps + _quiet(document, context, said, (now, None), names)


def _quiet(
    document: PolicyDocument,
    context: Context,
    said: list[Answer],
    between: tuple[datetime, datetime | None],
    names: dict[int, str],
) -> list[Step]:
    """What happens by itself, from the one moment to the other or to the end."""
    now, until = between
    before, steps = evaluate(document, context, said, now), list[Step]()
    while not before.is_final and before.next_at and len(steps) < MOST_MOMENTS:
        now = before.next_at
        if until is not None and now >= until:
            break
        verdict = evaluate(document, context, said, now)
        moved = (verdict.state, verdict.stage, verdict.level) != (before.state, before.stage, before.level)
        steps.append(_step(context, verdict, now, "The time is up" if moved else "A reminder", names))
        before = verdict
    return steps


def _step(
    context: Context, verdict: Verdict, at: datetime, said: str, names: dict[int, str], refused: str = ""
) -> Step:
    text = ENDS.get(verdict.state, "")
    if verdict.state is State.pending:
        waiting = listed(sorted(names.get(one, "somebody") for one in verdict.waiting_for), "and")
        text = f"Stage {verdict.stage + 1} waits for {waiting}."
    elif verdict.is_final:
        text = f"{text} {verdict.reason}"
    minutes = int((at - context.opened_at).total_seconds()) // 60
    return Step(minutes, said, text, verdict.state.value, refused)
