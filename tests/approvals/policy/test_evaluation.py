"""What policies mean, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from approvals.policy.calendar import Calendar
from approvals.policy.document import PolicyDocument
from approvals.policy.evaluation import evaluate, may_answer
from approvals.policy.facts import Answer, Context, Delegated

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANN, BEN, CAY, DEE, ASKER, BOSS = range(1, 7)
DAY = timedelta(days=1)


def level(**more):
    return {"reviewers": [{"kind": "user", "id": 1}], **more}


def policy(*levels, **more):
    return PolicyDocument.model_validate({"stages": [{"levels": list(levels) or [level()]}], **more})


def asking(*people, **more):
    levels = people if people and isinstance(people[0], set) else [set(people)]
    return Context((tuple(frozenset(one) for one in levels),), BEGIN, **{"requester": ASKER, **more})


def yes(user, **more):
    return Answer("continue", user, **{"at": BEGIN, **more})


def no(user, **more):
    return Answer("cancel", user, **{"at": BEGIN, **more})


def state(document, context, *answers, after=timedelta()):
    verdict = evaluate(document, context, answers, BEGIN + after)
    return verdict.state.value, verdict.code


TWO_OF = policy(level(approval={"kind": "count", "number": 2}, rejection={"kind": "impossible"}))
HALF = policy(level(approval={"kind": "percent", "number": 50}, rejection={"kind": "percent", "number": 51}))
EVERYONE = policy(level(approval={"kind": "everyone_any"}, rejection={"kind": "all"}))


@pytest.mark.parametrize(
    ("document", "answers", "expected"),
    [
        (policy(), [yes(ANN)], ("continued", "approved")),
        (policy(), [no(ANN)], ("cancelled", "rejected")),
        (TWO_OF, [yes(ANN), no(BEN)], ("pending", "waiting")),
        (TWO_OF, [yes(ANN), no(BEN), yes(CAY)], ("continued", "approved")),
        (TWO_OF, [no(ANN), no(BEN)], ("cancelled", "rejected")),
        (HALF, [yes(ANN)], ("pending", "waiting")),
        (HALF, [yes(ANN), no(BEN), yes(CAY)], ("continued", "approved")),
        (EVERYONE, [yes(ANN), no(BEN)], ("pending", "waiting")),
        (EVERYONE, [no(ANN), no(BEN), yes(CAY)], ("continued", "approved")),
        (
            policy(level(approval={"kind": "all"}, rejection={"kind": "all"})),
            [no(ANN), yes(BEN)],
            ("cancelled", "undecided"),
        ),
    ],
)
def test_rules(document, answers, expected):
    assert state(document, asking(ANN, BEN, CAY), *answers) == expected


def test_stages_are_asked_one_after_the_other():
    document = PolicyDocument.model_validate({"stages": [{"levels": [level()]}, {"levels": [level()]}]})
    context = Context(((frozenset({ANN}),), (frozenset({BEN}),)), BEGIN, requester=ASKER)
    early = evaluate(document, context, [yes(BEN)], BEGIN)
    assert (early.stage, early.waiting_for) == (0, {ANN})
    assert evaluate(document, context, [yes(ANN)], BEGIN).may_answer == {BEN}
    assert state(document, context, yes(ANN), yes(BEN)) == ("continued", "approved")


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("continue", ("continued", "deadline")),
        ("cancel", ("cancelled", "deadline")),
        ("fail", ("expired", "deadline")),
    ],
)
def test_at_the_deadline(then, expected):
    document = policy(level(deadline={"after": {"minutes": 60}, "then": then}))
    assert state(document, asking(ANN), after=timedelta(minutes=59, seconds=59)) == ("pending", "waiting")
    assert state(document, asking(ANN), after=timedelta(minutes=60)) == expected


def test_an_answer_at_the_deadline_is_too_late():
    document = policy(level(deadline={"after": {"minutes": 60}, "then": "cancel"}))
    late = yes(ANN, at=BEGIN + timedelta(minutes=60))
    assert state(document, asking(ANN), late, after=DAY) == ("cancelled", "deadline")


ESCALATING = policy(
    level(deadline={"after": {"minutes": 60}, "then": "escalate"}),
    level(deadline={"after": {"minutes": 30}, "then": "fail"}),
)


def test_an_escalation_asks_the_next_and_no_longer_the_first():
    verdict = evaluate(ESCALATING, asking({ANN}, {BOSS}), [], BEGIN + timedelta(minutes=61))
    assert (verdict.level, verdict.may_answer) == (1, {BOSS})
    assert verdict.deadline == BEGIN + timedelta(minutes=90)
    assert state(ESCALATING, asking({ANN}, {BOSS}), after=timedelta(minutes=90)) == ("expired", "deadline")


def test_an_answer_given_before_the_escalation_counts_where_its_author_is_asked_again():
    document = policy(
        level(approval={"kind": "all"}, deadline={"after": {"minutes": 60}, "then": "escalate"}),
        level(approval={"kind": "count", "number": 2}),
    )
    context = asking({ANN, BEN}, {ANN, BOSS})
    verdict = evaluate(document, context, [yes(ANN)], BEGIN + timedelta(minutes=61))
    assert (verdict.answered, verdict.may_answer) == ({ANN}, {BOSS})


def test_a_level_that_nobody_can_decide_escalates_at_once():
    assert evaluate(ESCALATING, asking({ASKER}, {BOSS}), [], BEGIN).may_answer == {BOSS}


def test_a_deadline_in_business_hours_waits_for_monday():
    office = Calendar("UTC", (((540, 1020),),) * 5 + ((), ()))
    document = policy(
        level(deadline={"after": {"minutes": 120, "clock": "business"}, "then": "cancel"}), calendar=1
    )
    context = Context(((frozenset({ANN}),),), datetime(2026, 3, 6, 16, tzinfo=UTC), calendar=office)
    assert evaluate(document, context, [], context.opened_at).deadline == datetime(2026, 3, 9, 10, tzinfo=UTC)


def test_reminders_come_before_the_deadline_and_are_the_next_moment():
    document = policy(
        level(
            reminders=[{"minutes": 10}, {"minutes": 30}, {"minutes": 90}],
            deadline={"after": {"minutes": 60}, "then": "cancel"},
        )
    )
    verdict = evaluate(document, asking(ANN), [], BEGIN + timedelta(minutes=10))
    assert verdict.reminders == (BEGIN + timedelta(minutes=10), BEGIN + timedelta(minutes=30))
    assert verdict.next_at == BEGIN + timedelta(minutes=30)


def test_a_clock_that_was_put_back_fires_nothing_twice():
    document = policy(level(deadline={"after": {"minutes": 60}, "then": "escalate"}), level())
    said = [Answer("reassign", DEE, BEGIN + timedelta(minutes=61))]
    assert evaluate(document, asking({ANN}, {BOSS}), said, BEGIN).level == 1


@pytest.mark.parametrize(
    ("people", "rule", "expected"),
    [
        (set(), "cancel", ("cancelled", "nobody_to_ask")),
        (set(), "continue", ("continued", "nobody_to_ask")),
        (set(), "escalate", ("unsatisfiable", "too_few")),
        ({ASKER}, "cancel", ("unsatisfiable", "too_few")),
    ],
)
def test_nobody_to_ask(people, rule, expected):
    assert state(policy(auto={"nobody_to_ask": rule}), asking(people)) == expected


def test_two_of_one_is_unsatisfiable():
    assert state(TWO_OF, asking(ANN)) == ("unsatisfiable", "too_few")


def test_who_goes_makes_it_unsatisfiable_and_leaves_the_answers():
    context = asking(ANN, BEN, gone={BEN: BEGIN + DAY})
    assert state(TWO_OF, context, yes(ANN)) == ("pending", "waiting")
    assert state(TWO_OF, context, yes(ANN), after=DAY) == ("unsatisfiable", "too_few")
    assert state(TWO_OF, context, yes(BEN), after=DAY) == ("pending", "waiting")


def test_what_is_unsatisfiable_goes_on_when_somebody_escalates_it():
    escalated = Answer("escalate", None, BEGIN, to_users=frozenset({BOSS}))
    assert evaluate(TWO_OF, asking(ANN), [escalated], BEGIN).may_answer == {BOSS}
    assert state(TWO_OF, asking(ANN), escalated, yes(BOSS)) == ("continued", "approved")


def test_an_escalation_never_asks_whoever_asked():
    escalated = Answer("escalate", None, BEGIN, to_users=frozenset({ASKER}))
    assert state(TWO_OF, asking(ANN), escalated) == ("unsatisfiable", "too_few")


def test_a_reviewer_gives_the_seat_away():
    given = Answer("reassign", ANN, BEGIN, to_users=frozenset({DEE}))
    assert evaluate(TWO_OF, asking(ANN, BEN), [given], BEGIN).may_answer == {BEN, DEE}


def test_nobody_gives_away_a_seat_of_others():
    given = Answer("reassign", CAY, BEGIN, to_users=frozenset({CAY}))
    assert evaluate(TWO_OF, asking(ANN, BEN), [given], BEGIN).may_answer == {ANN, BEN}


def test_whoever_decides_for_others_gives_all_open_seats_away():
    given = Answer("reassign", BOSS, BEGIN, to_users=frozenset({CAY, DEE}), override=True)
    assert evaluate(TWO_OF, asking(ANN, BEN), [given], BEGIN).may_answer == {CAY, DEE}


OPERATION = {"task_type": "DEPLOY", "requester_role": "tenant_admin"}


@pytest.mark.parametrize(
    ("known", "auto", "expected"),
    [
        (OPERATION, {}, ("continued", "trusted_requester")),
        (OPERATION, {"trusted_roles": []}, ("pending", "waiting")),
        ({"requester_role": "tenant_admin"}, {}, ("pending", "waiting")),
        ({**OPERATION, "requester_role": "customer"}, {}, ("pending", "waiting")),
        (OPERATION, {"review_types": ["UNDEPLOY"], "trusted_roles": []}, ("continued", "not_reviewed")),
    ],
)
def test_automatic_rules(known, auto, expected):
    assert state(policy(auto=auto), asking(ANN, **known)) == expected


AWAY = Delegated(ANN, BEN, BEGIN, BEGIN + DAY)


def refusal(user, owner=None, *, answers=(), document=None, after=timedelta(), override=False, **known):
    context = asking(*known.pop("people", (ANN, CAY, DEE)), **known)
    document = document or policy(level(approval={"kind": "all"}))
    found = may_answer(document, context, list(answers), user, owner, now=BEGIN + after, override=override)
    return found.code if found else None


def test_a_delegate_answers_while_the_reviewer_is_away():
    known = {"delegations": (AWAY,)}
    assert refusal(BEN, ANN, **known) is None
    assert refusal(BEN, ANN, after=DAY, **known) == "no_delegation"
    assert refusal(BEN, **known) == "not_asked"
    assert refusal(CAY, ANN, **known) == "no_delegation"


def test_a_delegate_of_a_delegate_does_not_answer():
    chain = (AWAY, Delegated(BEN, DEE, BEGIN, BEGIN + DAY))
    assert refusal(DEE, ANN, people=(ANN, CAY), delegations=chain) == "no_delegation"


def test_a_policy_may_want_no_delegates():
    assert refusal(BEN, ANN, document=policy(delegates=False), delegations=(AWAY,)) == "no_delegation"


@pytest.mark.parametrize(
    ("user", "owner", "override"),
    [(ASKER, None, False), (ASKER, ANN, False), (BEN, ASKER, False), (ASKER, None, True)],
)
def test_whoever_asked_decides_in_no_way(user, owner, override):
    lent = (Delegated(ANN, ASKER, BEGIN, BEGIN + DAY), Delegated(ASKER, BEN, BEGIN, BEGIN + DAY))
    known = {
        "people": (ANN, ASKER),
        "delegations": lent,
        "overriders": frozenset({ASKER}),
        "override": override,
    }
    assert refusal(user, owner, **known) == "four_eyes"


def test_without_four_eyes_whoever_asked_may_decide():
    assert refusal(ASKER, people=(ASKER,), document=policy(four_eyes=False)) is None


def test_one_person_answers_once_in_a_stage():
    known = {"delegations": (Delegated(ANN, CAY, BEGIN, BEGIN + DAY),), "answers": [yes(CAY)]}
    assert refusal(CAY, **known) == "answered_already"
    assert refusal(CAY, ANN, **known) == "answered_already"


def test_a_reviewer_does_not_answer_after_the_delegate_did():
    known = {"delegations": (AWAY,), "answers": [yes(BEN, on_behalf_of=ANN)]}
    assert refusal(ANN, **known) == "answered_already"


def test_who_decides_for_others_overrules_unless_the_policy_says_no():
    known = {"overriders": frozenset({BOSS}), "override": True}
    assert refusal(BOSS, **known) is None
    assert refusal(BOSS, document=policy(overruling=False), **known) == "not_asked"
    assert refusal(CAY, **known) == "not_asked"
    assert state(TWO_OF, asking(ANN, BEN), no(BOSS, override=True)) == ("cancelled", "override")


def test_nobody_answers_what_is_decided():
    assert refusal(CAY, answers=[no(ANN)]) == "decided_already"


def test_who_is_gone_does_not_answer():
    assert refusal(CAY, gone={CAY: BEGIN}) == "gone"
