"""A policy in plain sentences."""

import pytest

from approvals.policy.document import PolicyDocument
from approvals.policy.sentence import sentences, span_text

NAMES = {"user": "Ann", "group": "the group Network", "role": "the managers"}


def told(**document):
    policy = PolicyDocument.model_validate(document)
    return sentences(policy, lambda reviewer: NAMES[reviewer.kind])


def test_a_policy_reads_as_it_happens():
    first = {
        "reviewers": [{"kind": "user", "id": 1}, {"kind": "group", "id": 2}],
        "approval": {"kind": "count", "number": 2},
        "rejection": {"kind": "impossible"},
        "reminders": [{"minutes": 240}],
        "deadline": {"after": {"minutes": 1440}, "then": "escalate"},
    }
    second = {"reviewers": [{"kind": "role", "role": "manager"}]}
    assert told(stages=[{"name": "Network", "levels": [first, second]}]) == [
        "When a tenant admin asks for an operation, it is continued at once.",
        "Stage 1 (Network): Ann and the group Network are asked. It is continued when 2 of them say so; "
        "it is cancelled as soon as the answers left cannot continue it.",
        "They are reminded after 4 hours.",
        "If it is not decided within 1 day, it goes on to the next.",
        "Then the managers are asked instead. Any one of them continues it; any one cancels it.",
        "There is no deadline.",
        "If a stage names nobody at all, the task is cancelled.",
        "Whoever asked for it never decides, and nobody does in their place.",
        "Those who may decide the tasks of others can decide it at once.",
    ]


def test_types_that_need_no_review_are_told():
    level = {"reviewers": [{"kind": "user", "id": 1}]}
    said = told(stages=[{"levels": [level]}], auto={"review_types": ["DEPLOY"], "trusted_roles": []})
    assert said[0] == "Of operations on servers only deploy is reviewed; the others are continued at once."


@pytest.mark.parametrize(
    ("minutes", "clock", "text"),
    [
        (1, "wall", "1 minute"),
        (1565, "wall", "1 day, 2 hours and 5 minutes"),
        (1440, "business", "24 hours of business time"),
    ],
)
def test_times(minutes, clock, text):
    assert span_text(minutes, clock) == text
