"""The two questions that everybody asks a policy: what do the answers come to, and may this person answer."""

from collections.abc import Sequence
from datetime import datetime

from approvals.policy.document import PolicyDocument
from approvals.policy.facts import Answer, Context, Delegated, Refusal, State, Verdict
from approvals.policy.walk import Standing, Way

REASONS = {
    "waiting": "It waits for answers.",
    "approved": "Enough reviewers said continue.",
    "rejected": "Reviewers said cancel, and the policy makes that final.",
    "undecided": "Everybody has answered, and too few said continue.",
    "override": "Somebody decided who may decide for everybody.",
    "deadline": "Nobody decided in time.",
    "not_reviewed": "Tasks of this type need no review.",
    "trusted_requester": "Whoever asked may decide such tasks.",
    "nobody_to_ask": "The policy names nobody who could be asked.",
    "too_few": "Fewer people are left than the policy asks for.",
}


def evaluate(policy: PolicyDocument, context: Context, answers: Sequence[Answer], now: datetime) -> Verdict:
    """What the answers come to at that time. The same arguments always give the same verdict."""
    automatic = _automatic(policy, context)
    if automatic:
        return Verdict(State.continued, automatic, REASONS[automatic], context.opened_at)
    way = Way(policy, context)
    place = way.standing(answers, now)
    verdict = Verdict(place.state, place.code, REASONS[place.code], place.since, place.stage, place.level)
    return verdict if verdict.is_final else _waiting(way, place, now)


def may_answer(
    policy: PolicyDocument,
    context: Context,
    answers: Sequence[Answer],
    user: int,
    on_behalf_of: int | None = None,
    *,
    now: datetime,
    override: bool = False,
) -> Refusal | None:
    """Why the user may not answer now; None: they may. Every way in asks this, with nobody excepted.

    Args:
        on_behalf_of: the reviewer whose delegate the user is.
        override: the user decides by the right to decide the tasks of others.
    """
    verdict = evaluate(policy, context, answers, now)
    way = Way(policy, context)
    if verdict.is_final:
        return Refusal("decided_already", f"This is decided already. {verdict.reason}")
    if {user, on_behalf_of} & way.barred():
        return Refusal(
            "four_eyes", "Whoever asked for it does not decide on it, and nobody does in their place."
        )
    if user in context.gone and context.gone[user] <= now:
        return Refusal("gone", "This user can no longer answer.")
    if override:
        refused = Refusal("not_asked", "Only who may decide the tasks of others can overrule the reviewers.")
        return None if policy.overruling and user in context.overriders else refused
    place = way.standing(answers, now)
    return _no_delegate(policy, context, user, on_behalf_of, now) or _no_seat(
        way, place, user, user if on_behalf_of is None else on_behalf_of, now
    )


def _automatic(policy: PolicyDocument, context: Context) -> str | None:
    if context.task_type is None:
        return None
    if context.task_type not in policy.auto.review_types:
        return "not_reviewed"
    return "trusted_requester" if context.requester_role in policy.auto.trusted_roles else None


def _waiting(way: Way, place: Standing, now: datetime) -> Verdict:
    waiting_for = way.still_open(place, now) if place.state is State.pending else frozenset()
    deadline, reminders = way.deadline(place), way.reminders(place)
    barred = _barred(way, place, now)
    moments = [moment for moment in (*reminders, *((deadline,) if deadline else ())) if moment > now]
    return Verdict(
        place.state,
        place.code,
        REASONS[place.code],
        place.since,
        place.stage,
        place.level,
        may_answer=_who_may(way, waiting_for, now) - barred,
        waiting_for=waiting_for,
        answered=way.asked(place, now) - waiting_for,
        barred=barred,
        needed=way.needed(place, now) if waiting_for else 0,
        is_by_hand=place.is_by_hand,
        deadline=deadline,
        reminders=reminders,
        next_at=min(moments, default=None),
    )


def _barred(way: Way, place: Standing, now: datetime) -> frozenset[int]:
    gone = {one for one, since in way.context.gone.items() if since <= now}
    return frozenset({user for user, _, _ in place.said} | way.barred() | gone)


def _who_may(way: Way, seats: frozenset[int], now: datetime) -> frozenset[int]:
    delegates = {
        one.delegate
        for one in way.context.delegations
        if way.policy.delegates and one.owner in seats and _is_in_force(one, now)
    }
    return frozenset(seats | delegates)


def _no_delegate(
    policy: PolicyDocument, context: Context, user: int, on_behalf_of: int | None, now: datetime
) -> Refusal | None:
    if on_behalf_of is None or on_behalf_of == user:
        return None
    mine = (one for one in context.delegations if (one.owner, one.delegate) == (on_behalf_of, user))
    if policy.delegates and any(_is_in_force(one, now) for one in mine):
        return None
    return Refusal("no_delegation", "This reviewer has not made you their delegate for this time.")


def _no_seat(way: Way, place: Standing, user: int, owner: int, now: datetime) -> Refusal | None:
    if any(user == said_by for said_by, _, _ in place.said):
        return Refusal("answered_already", "You have answered in this stage; one person answers once.")
    if owner in {seat for _, seat, _ in place.said}:
        return Refusal("answered_already", "This reviewer's answer has been given.")
    if place.state is State.pending and owner in way.still_open(place, now):
        return None
    return Refusal("not_asked", "The policy does not ask this person now.")


def _is_in_force(one: Delegated, now: datetime) -> bool:
    return one.start <= now < one.until
