"""Policies that can never be satisfied."""

import pytest

from approvals.policy.document import PolicyDocument
from approvals.policy.problems import problems_of

USER, GROUP = {"kind": "user", "id": 1}, {"kind": "group", "id": 2}


class Known:
    def __init__(self, **people):
        self.known = people

    def people(self, reviewer):
        return self.known.get(reviewer.kind)

    def is_known(self, reviewer):
        return reviewer.kind != "field"


def found(*levels, requester=None, **people):
    document = PolicyDocument.model_validate({"stages": [{"levels": list(levels)}]})
    return [(one.code, one.level, one.is_fatal) for one in problems_of(document, Known(**people), requester)]


def asks(*reviewers, **more):
    return {"reviewers": list(reviewers), **more}


def test_a_policy_that_can_be_decided_has_none():
    assert found(asks(USER), user=frozenset({1})) == []


@pytest.mark.parametrize(
    ("level", "people", "codes"),
    [
        (asks(GROUP), {"group": frozenset()}, ["nobody_to_ask"]),
        (asks(USER), {}, ["unknown_reviewer", "nobody_to_ask"]),
        (asks(USER, GROUP), {"group": frozenset({2})}, ["unknown_reviewer"]),
        (asks(USER, GROUP), {"user": frozenset({1}), "group": frozenset()}, ["empty_group"]),
        (
            asks(GROUP, approval={"kind": "count", "number": 3}),
            {"group": frozenset({1, 2})},
            ["too_few"],
        ),
    ],
)
def test_what_keeps_it_from_being_decided_is_told(level, people, codes):
    assert [code for code, _, _ in found(level, **people)] == codes


def test_four_eyes_can_leave_nobody():
    assert found(asks(USER), requester=1, user=frozenset({1})) == [("nobody_to_ask", 0, True)]


def test_a_level_that_can_decide_after_it_makes_it_no_end():
    level = asks(GROUP, deadline={"after": {"minutes": 5}, "then": "escalate"})
    assert found(level, asks(USER), group=frozenset(), user=frozenset({1})) == [("nobody_to_ask", 0, False)]


def test_fields_of_the_record_are_known_later():
    assert found(asks({"kind": "field", "path": "owner.id"})) == []
