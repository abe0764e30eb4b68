"""What holds for every policy and all answers."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from approvals.policy.document import (
    Approval,
    AutoRules,
    Deadline,
    Level,
    PolicyDocument,
    Rejection,
    Span,
    Stage,
    UserReviewer,
)
from approvals.policy.evaluation import evaluate, may_answer
from approvals.policy.facts import Answer, Context, Delegated, State
from tests.approvals.policy.model import Play, is_approved, is_rejected

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
PEOPLE = range(1, 6)
REQUESTER = 5
SOMEBODY = (UserReviewer(id=1),)


def at(minute):
    return BEGIN + timedelta(minutes=minute)


def rules(kind, plain):
    return st.one_of(
        st.sampled_from(plain).map(lambda name: kind(kind=name)),
        st.integers(1, 4).map(lambda number: kind(kind="count", number=number)),
        st.integers(1, 100).map(lambda number: kind(kind="percent", number=number)),
    )


APPROVALS = rules(Approval, ["any", "all", "everyone_any"])
REJECTIONS = rules(Rejection, ["any", "all", "impossible"])


def deadlines(then):
    return st.builds(
        lambda minutes, word: Deadline(after=Span(minutes=minutes), then=word),
        st.integers(1, 12),
        st.sampled_from(then),
    )


@st.composite
def stages(draw, always_ends=False):
    count = draw(st.integers(1, 3))
    levels = []
    for number in range(count):
        then = ["continue", "cancel", "fail", *(["escalate"] if number + 1 < count else [])]
        limit = deadlines(then) if always_ends else st.none() | deadlines(then)
        levels.append(
            Level(
                reviewers=SOMEBODY, approval=draw(APPROVALS), rejection=draw(REJECTIONS), deadline=draw(limit)
            )
        )
    return Stage(levels=tuple(levels))


@st.composite
def policies(draw, always_ends=False):
    return PolicyDocument(
        stages=tuple(draw(st.lists(stages(always_ends=always_ends), min_size=1, max_size=3))),
        four_eyes=draw(st.booleans()),
        auto=AutoRules(nobody_to_ask=draw(st.sampled_from(["cancel", "continue", "escalate"]))),
    )


@st.composite
def plays(draw, always_ends=False):
    policy = draw(policies(always_ends))
    people = tuple(
        tuple(draw(st.frozensets(st.sampled_from(PEOPLE), max_size=4)) for _ in stage.levels)
        for stage in policy.stages
    )
    minutes = sorted(draw(st.lists(st.integers(0, 30), max_size=8)))
    said = [
        (minute, draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PEOPLE)), draw(st.booleans()))
        for minute in minutes
    ]
    gone = draw(st.dictionaries(st.sampled_from(PEOPLE), st.integers(1, 30), max_size=2))
    return policy, people, said, gone


def spoken(said):
    return [
        Answer(
            "continue" if yes else "cancel", user, at(minute), on_behalf_of=None if user == owner else owner
        )
        for minute, user, owner, yes in said
    ]


def context(people, gone=None, **more):
    since = {user: at(minute) for user, minute in (gone or {}).items()}
    return Context(people, BEGIN, requester=REQUESTER, gone=since, **more)


@settings(max_examples=150, deadline=None)
@given(plays(), st.integers(0, 45))
def test_the_verdict_is_that_of_the_slow_model(play, now):
    policy, people, said, gone = play
    said = [one for one in said if one[0] <= now]
    verdict = evaluate(policy, context(people, gone), spoken(said), at(now))
    slow = Play(policy, people, REQUESTER, gone).until(now, said)
    assert (verdict.state.value, verdict.code, verdict.stage, verdict.level) == slow


@settings(max_examples=50, deadline=None)
@given(plays(), st.integers(0, 45), st.integers(0, 45))
def test_a_final_verdict_stays(play, now, later):
    policy, people, said, gone = play
    first = evaluate(policy, context(people, gone), spoken(said), at(now))
    assume(first.is_final)
    late = at(now + later)
    more = [*spoken(said), Answer("cancel", 1, late), Answer("continue", 2, late, override=True)]
    assert evaluate(policy, context(people, gone), more, at(now + later)) == first


@settings(max_examples=50, deadline=None)
@given(plays(always_ends=True))
def test_a_policy_whose_levels_have_deadlines_ends(play):
    policy, people, said, gone = play
    end = evaluate(policy, context(people, gone), spoken(said), at(1_000))
    assert end.is_final or end.state is State.unsatisfiable


@settings(max_examples=50, deadline=None)
@given(plays(), st.integers(0, 45))
def test_nothing_happens_before_the_moment_that_is_told(play, now):
    policy, people, said, _ = play
    before = evaluate(policy, context(people), spoken(said), at(now))
    assume(before.state is State.pending)
    quiet = (before.next_at or at(10_000)) - timedelta(seconds=1)
    after = evaluate(policy, context(people), spoken(said), max(quiet, at(now)))
    assert _place(after) == _place(before)


def _place(verdict):
    return verdict.state, verdict.stage, verdict.level, verdict.since


@settings(max_examples=50, deadline=None)
@given(plays(), st.integers(0, 45))
def test_whoever_asked_changes_nothing_in_no_way(play, now):
    policy, people, said, gone = play
    policy = policy.model_copy(update={"four_eyes": True})
    without = [one for one in said if REQUESTER not in one[1:3]]
    clock = [
        Answer("reassign", 9, answer.at) for answer in spoken(said)
    ]  # the same times pass, nobody is heard
    mine = [answer for answer in spoken(said) if REQUESTER in (answer.user, answer.on_behalf_of)]
    overruled = [Answer("continue", REQUESTER, answer.at, override=True) for answer in mine]
    heard = evaluate(policy, context(people, gone), sorted(spoken(said) + overruled, key=_at), at(now))
    assert heard == evaluate(policy, context(people, gone), sorted(spoken(without) + clock, key=_at), at(now))


def _at(answer):
    return answer.at


@settings(max_examples=60, deadline=None)
@given(APPROVALS, REJECTIONS, st.lists(st.booleans(), min_size=1, max_size=4), st.integers(0, 2))
def test_the_order_counts_only_where_both_rules_are_met(approval, rejection, votes, silent):
    level = Level(reviewers=SOMEBODY, approval=approval, rejection=rejection)
    asked = range(10, 10 + len(votes) + silent)
    given_votes = dict(zip(asked, votes, strict=False))
    words = {one: "open" if one not in given_votes else "yes" if given_votes[one] else "no" for one in asked}
    assume(not (is_approved(approval, words) and is_rejected(rejection, words)))
    states = {_state(level, asked, order) for order in permutations(given_votes.items())}
    assert len(states) == 1


@settings(max_examples=60, deadline=None)
@given(APPROVALS, REJECTIONS, st.lists(st.booleans(), min_size=1, max_size=5), st.integers(0, 2), st.data())
def test_a_no_that_becomes_a_yes_takes_no_approval_away(approval, rejection, votes, silent, data):
    level = Level(reviewers=SOMEBODY, approval=approval, rejection=rejection)
    asked = range(10, 10 + len(votes) + silent)
    said = list(zip(asked, votes, strict=False))
    turned = data.draw(st.integers(0, len(said) - 1))
    better = [(one, yes or index == turned) for index, (one, yes) in enumerate(said)]
    if _state(level, asked, said) is State.continued:
        assert _state(level, asked, better) is State.continued


def _state(level, asked, votes):
    policy = PolicyDocument(stages=(Stage(levels=(level,)),))
    said = [Answer("continue" if yes else "cancel", one, BEGIN) for one, yes in votes]
    return evaluate(policy, context(((frozenset(asked),),)), said, BEGIN).state


DELEGATIONS = st.lists(
    st.builds(
        lambda owner, delegate, start, length: Delegated(owner, delegate, at(start), at(start + length)),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(plays(), st.integers(0, 45), DELEGATIONS)
def test_who_may_answer_is_who_is_told_and_each_such_answer_counts(play, now, delegations):
    policy, people, said, gone = play
    said = [one for one in spoken(said) if one.at <= at(now)]
    known = context(people, gone, delegations=tuple(delegations))
    verdict = evaluate(policy, known, said, at(now))
    may = set()
    for user in PEOPLE:
        for owner in PEOPLE:
            behalf = None if owner == user else owner
            before = verdict
            if may_answer(policy, known, said, user, behalf, now=at(now)) is not None:
                continue
            may.add(user)
            after = evaluate(policy, known, [*said, Answer("continue", user, at(now), behalf)], at(now))
            assert after != before
            moved = (after.stage, after.level) > (before.stage, before.level)
            assert after.is_final or moved or owner in after.answered
    assert may == set(verdict.may_answer)
