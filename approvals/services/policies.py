"""Which policy decides on a task, and what is known about the task when the policy is asked."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import F

from accounts.actors import Actor
from accounts.roles import Permission
from approvals.models import Answer, BusinessCalendar, Delegation, Policy, Task
from approvals.policy import facts
from approvals.policy.document import FieldReviewer, PolicyDocument
from approvals.policy.evaluation import evaluate, may_answer
from approvals.policy.hours import calendar_json, read_calendar
from approvals.policy.problems import PolicyProblem, problems_of
from approvals.services.reviewers import TenantDirectory, may_review, overriders, resolved

COUNTED = (Answer.Kind.CONTINUE, Answer.Kind.CANCEL, Answer.Kind.REASSIGN, Answer.Kind.ESCALATE)


class Admission(NamedTuple):
    """Whether somebody may answer; `is_override`: by the right to decide the tasks of others alone."""

    refusal: facts.Refusal | None
    is_override: bool = False


def policy_for(task: Task) -> Policy | None:
    """The policy for an operation: the tenant's, else the platform's. Reviews of flows name theirs."""
    rows = Policy.objects.filter(is_for_operations=True)
    found = rows.filter(tenant=task.tenant_id).first()
    return found or rows.filter(tenant=None).first()


def policy_named(name: str, tenant_id: int | None) -> Policy | None:
    """The policy of that name for flows of the tenant: its own, else the platform's."""
    rows = Policy.objects.filter(name=name)
    return rows.filter(tenant=tenant_id).first() or rows.filter(tenant=None).first()


def policies_for_flows(tenant_id: int | None) -> list[str]:
    """The names that `policy_named` knows, in order."""
    rows = Policy.objects.filter(tenant=tenant_id) | Policy.objects.filter(tenant=None)
    return sorted(set(rows.values_list("name", flat=True)))


def problems_at_publish(name: str, tenant_id: int | None) -> list[PolicyProblem]:
    """Why a review by that policy could never be decided; empty when it can, or there is no such policy."""
    policy = policy_named(name, tenant_id)
    if policy is None:
        return []
    document = PolicyDocument.model_validate(policy.document)
    return problems_of(document, TenantDirectory(tenant_id, policy.tenant_id))


def nobody_behind(names: Sequence[str], tenant_id: int | None) -> list[str]:
    """Those of these addresses and names of groups, as a flow names them, behind which nobody is who could decide."""
    reviewer = FieldReviewer(kind="field", path="name")
    return [one for one in names if not TenantDirectory(tenant_id, tenant_id, {"name": one}).people(reviewer)]


def hold(task: Task, policy: Policy | None, record: Mapping[str, Any]) -> facts.Verdict | None:
    """Give the task its copy of the policy and who is asked by it; the caller saves the row.

    The verdict may be final already: types that need no review, trusted requesters, nobody to ask.
    """
    if policy is None:
        return None
    document = PolicyDocument.model_validate(policy.document)
    calendar = BusinessCalendar.objects.filter(pk=document.calendar).first() if document.calendar else None
    task.policy_name, task.can_be_overruled = policy.name, document.overruling
    task.policy = {
        "document": document.model_dump(mode="json"),
        "calendar": calendar and calendar_json(read_calendar(vars(calendar))),
        "version": policy.version,
    }
    people = resolved(document, TenantDirectory(task.tenant_id, policy.tenant_id, record))
    task.reviewers = {"people": [[sorted(level) for level in stage] for stage in people], "gone": {}}
    verdict = verdict_of(task, (), task.created_at)
    task.due_at = verdict.next_at if verdict else None
    return verdict


def document_of(task: Task) -> PolicyDocument | None:
    """The policy as it was when the task was held; None: whoever may decide the tasks of others decides alone."""
    return PolicyDocument.model_validate(task.policy["document"]) if task.policy else None


def context_of(task: Task, now: datetime) -> facts.Context:
    """What is known about the task. Who was found gone is added to `task.reviewers`: the caller saves it."""
    people = tuple(tuple(frozenset(level) for level in stage) for stage in task.reviewers.get("people", []))
    asked = frozenset().union(*(level for stage in people for level in stage))
    calendar = (task.policy or {}).get("calendar")
    return facts.Context(
        people=people,
        opened_at=task.created_at,
        requester=task.requester_id,
        requester_role=task.requester.role if task.requester else None,
        task_type=None if task.type == Task.Type.REVIEW else task.type,
        delegations=_delegations(asked),
        gone=_gone(task, asked, now),
        overriders=overriders(task.tenant_id),
        calendar=read_calendar(calendar) if calendar else None,
    )


def answers_of(task: Task) -> list[facts.Answer]:
    """What was said to the task and counts."""
    rows = task.answers.filter(kind__in=COUNTED).order_by("id")
    return [_answer(row) for row in rows]


def verdict_of(
    task: Task, answers: Sequence[facts.Answer] | None = None, now: datetime | None = None
) -> facts.Verdict | None:
    """What the answers come to; None for a task without a policy."""
    document, now = document_of(task), now or datetime.now(UTC)
    if document is None:
        return None
    said = answers_of(task) if answers is None else answers
    return evaluate(document, context_of(task, now), said, now)


def admitted(task: Task, actor: Actor, on_behalf_of: int | None = None) -> Admission:
    """Whether the actor may answer the task now, as one who is asked or by the right to decide for others.

    Without a policy only the latter is left, and whoever asked for it is refused then too.
    """
    now, user, overrides = datetime.now(UTC), actor.user_id, actor.may(Permission.workflow_override)
    if user is None:
        return Admission(facts.Refusal("not_asked", "Only people and connectors answer."))
    document = document_of(task)
    if document is None:
        return _admitted_without_policy(task, user, overrides=overrides)
    context, answers = context_of(task, now), answers_of(task)
    refusal = may_answer(document, context, answers, user, on_behalf_of, now=now)
    codes = ("not_asked", "answered_already")
    if refusal is None or on_behalf_of is not None or not overrides or refusal.code not in codes:
        return Admission(refusal)
    overruled = may_answer(document, context, answers, user, now=now, override=True)
    return Admission(refusal) if overruled else Admission(None, is_override=True)


def _admitted_without_policy(task: Task, user: int, *, overrides: bool) -> Admission:
    if user == task.requester_id:
        return Admission(facts.Refusal("four_eyes", "Whoever asked for it does not decide on it."))
    if not overrides:
        return Admission(facts.Refusal("not_asked", "You are not asked about this task."))
    return Admission(None, is_override=True)


def _delegations(owners: frozenset[int]) -> tuple[facts.Delegated, ...]:
    rows = Delegation.objects.filter(owner__in=owners, until__gt=F("start"), delegate__is_active=True)
    return tuple(
        facts.Delegated(*row) for row in rows.values_list("owner_id", "delegate_id", "start", "until")
    )


def _gone(task: Task, asked: frozenset[int], now: datetime) -> dict[int, datetime]:
    """Who could no longer answer was gone since somebody first looked, and stays gone for this task."""
    said: dict[str, str] = task.reviewers.setdefault("gone", {}) if task.reviewers else {}
    here = set(may_review(task.tenant_id).filter(pk__in=asked).values_list("id", flat=True))
    for one in asked - here:
        said.setdefault(str(one), now.isoformat())
    return {int(one): datetime.fromisoformat(since) for one, since in said.items()}


def _answer(row: Answer) -> facts.Answer:
    return facts.Answer(
        kind=row.kind,  # type: ignore[arg-type]  # narrowed by `COUNTED`
        user=row.user_id or row.seat,
        at=row.at,
        on_behalf_of=None if row.seat == row.user_id else row.seat,
        to_users=frozenset(row.to_users),
        override=row.is_override,
    )
