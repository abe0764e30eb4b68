"""The credential of a Redmine."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from actions.credentials.redmine import Redmine
from actions.services.redmine import RedmineFields
from common.http import HttpAnswer
from flows.sdk import NodeError
from flows.sdk.testing import answering

FIELDS = RedmineFields(url="https://redmine.example.org:8443/pm/", api_key="canary-key")


def answers(*bodies: Any) -> list[HttpAnswer]:
    return [HttpAnswer(200, {}, json.dumps(body).encode()) for body in bodies]


def test_it_is_used_at_its_own_host_alone():
    assert Redmine().hosts(FIELDS) == ["redmine.example.org:8443"]
    assert FIELDS.url == "https://redmine.example.org:8443/pm"


@pytest.mark.parametrize(
    "values",
    [
        {"url": "https://redmine.example.org"},
        {"url": "https://redmine.example.org", "username": "alice"},
        {"url": "ftp://redmine.example.org", "api_key": "k"},
        {"url": "https://user:pw@redmine.example.org", "api_key": "k"},
        {"url": "https://redmine.example.org/?key=x", "api_key": "k"},
        {"url": "https://redmine.example.org", "api_key": "k", "ca": "no certificate"},
    ],
)
def test_what_opens_nothing_is_refused(values: dict[str, str]):
    with pytest.raises(ValidationError):
        RedmineFields(**values)


def test_the_permission_that_is_missing_is_named():
    user = {"user": {"login": "bob", "memberships": [{"roles": [{"id": 5}]}]}}
    role = {"role": {"id": 5, "permissions": ["view_issues", "add_issues", "edit_issues"]}}
    with pytest.raises(NodeError) as refused:
        Redmine().test(answering(*answers(user, role)), FIELDS)
    assert refused.value.hint == "Give the user a role with Add notes in the project."


def test_a_user_of_no_project_is_told():
    with pytest.raises(NodeError, match="is a member of no project"):
        Redmine().test(answering(*answers({"user": {"login": "bob"}})), FIELDS)
