"""What a policy may say."""

import pytest
from pydantic import ValidationError

from approvals.policy.document import OPERATIONS, AutoRules, PolicyDocument

USER = {"kind": "user", "id": 1}


def read(**level):
    return PolicyDocument.model_validate({"stages": [{"levels": [{"reviewers": [USER], **level}]}]})


def test_the_automatic_rules_are_those_of_the_workflow_feature():
    auto = AutoRules()
    assert (auto.review_types, auto.trusted_roles, auto.nobody_to_ask) == (
        OPERATIONS,
        ("tenant_admin",),
        "cancel",
    )


def test_a_document_comes_back_as_it_was():
    document = read(approval={"kind": "percent", "number": 60}, reminders=[{"minutes": 5}])
    assert PolicyDocument.model_validate(document.model_dump(mode="json")) == document


@pytest.mark.parametrize(
    "level",
    [
        {"reviewers": []},
        {"reviewers": [{"kind": "user", "id": 0}]},
        {"reviewers": [{"kind": "everyone"}]},
        {"reviewers": [{"kind": "field", "path": "__class__"}]},
        {"approval": {"kind": "count"}},
        {"approval": {"kind": "any", "number": 2}},
        {"approval": {"kind": "percent", "number": 101}},
        {"rejection": {"kind": "everyone_any"}},
        {"deadline": {"after": {"minutes": 0}}},
        {"deadline": {"after": {"minutes": 5}, "then": "escalate"}},
        {"deadline": {"after": {"minutes": 5, "clock": "business"}}},
        {"reminders": [{"minutes": 10**9}]},
        {"colour": "red"},
    ],
)
def test_what_makes_no_sense_is_refused(level):
    with pytest.raises(ValidationError):
        read(**level)


def test_a_policy_has_a_stage():
    with pytest.raises(ValidationError):
        PolicyDocument.model_validate({"stages": []})
