"""The credential of GitHub."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from actions.credentials.github import GitHub
from actions.services.github import GitHubFields
from common.http import HttpAnswer
from flows.sdk import NodeError
from flows.sdk.testing import answering

FIELDS = GitHubFields(token="canary")


def answer(body: Any, **headers: str) -> HttpAnswer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpAnswer(200, given, json.dumps(body).encode())


def test_it_is_used_at_the_api_alone():
    assert GitHub().hosts(FIELDS) == ["api.github.com"]
    enterprise = GitHubFields(token="t", base_url="https://github.example.org/api/v3/")
    assert GitHub().hosts(enterprise) == ["github.example.org"]


@pytest.mark.parametrize("values", [{}, {"sign_in": "app", "app_id": "1"}, {"token": "t", "base_url": "x"}])
def test_what_opens_nothing_is_refused(values: dict[str, str]):
    with pytest.raises(ValidationError):
        GitHubFields(**values)


def test_the_scopes_of_a_token_are_shown():
    said = GitHub().test(answering(answer({"login": "octocat"}, x_oauth_scopes="repo, workflow")), FIELDS)
    assert said == "Signed in as octocat; the token has the scopes repo, workflow."


def test_the_scope_that_is_missing_is_named():
    with pytest.raises(NodeError) as refused:
        GitHub().test(answering(answer({"login": "octocat"}, x_oauth_scopes="gist")), FIELDS)
    assert (refused.value.code, refused.value.retryable) == ("not_allowed", False)
    assert "scope repo" in refused.value.hint


def test_a_key_that_is_none_is_told_and_not_shown():
    fields = GitHubFields(sign_in="app", app_id="1", installation_id="2", private_key="canary")
    with pytest.raises(NodeError) as refused:
        GitHub().test(answering(), fields)
    assert refused.value.code == "bad_key"
    assert "canary" not in f"{refused.value} {refused.value.hint}"
