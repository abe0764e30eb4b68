"""GitHub, against answers as GitHub gives them; tests/peers holds requests against GitHub's own description."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from github.Requester import Requester
from pydantic import ValidationError

from actions.nodes.actions.github import NEEDS, OPERATIONS, GitHub
from actions.services.github import GitHubFields
from actions.services.github_client import DOORS
from common.http import HttpAnswer
from flows.sdk import JsonObject, NodeError
from flows.sdk.testing import FakeContext, FakeHttp, configured, run_node
from flows.testing import render

FIELDS = GitHubFields(token="canary-token")
BASE = {"credential": "g", "repository": "octocat/Hello-World"}
JOB = {
    "job_id": "j1",
    "app_name": "Backup",
    "command": "backup",
    "exitcode": 1,
    "stdout": "",
    "stderr": "full",
}
ISSUE = {
    "number": 7,
    "html_url": "https://github.com/x/y/issues/7",
    "state": "open",
    "title": "t",
    "node_id": "I_7",
}


def answer(status: int = 200, body: Any = None, **headers: str) -> HttpAnswer:
    raw = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    return HttpAnswer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def context(*answers: HttpAnswer | NodeError, fields: GitHubFields = FIELDS) -> FakeContext:
    return FakeContext(http=FakeHttp(list(answers)), credentials={"g": fields})


def run(ctx: FakeContext, config: JsonObject, record: JsonObject | None = None) -> Any:
    return run_node(GitHub, {**BASE, **config}, record or {}, context=ctx, render=render)


def body(ctx: FakeContext, place: int = -1) -> Any:
    return json.loads(ctx.http.requests[place].content or b"null")


def test_a_job_becomes_an_issue_as_multiflexi_writes_it():
    ctx = context(answer(body=[]), answer(201, {**ISSUE, "labels": [{"name": "Bug"}]}))
    made = run(ctx, {}, {**JOB, "version": "1.0"}).record["github"]
    written = body(ctx)
    assert (written["title"], written["labels"]) == ("Backup problem", ["Bug"])
    assert written["body"].startswith("JOB ID: j1\n\nCommand: backup\n\nExitCode: 1\n")
    assert made == {"number": 7, "url": ISSUE["html_url"], "state": "open", "title": "t", "id": "I_7"}


def test_what_a_former_try_wrote_is_taken():
    first = context(answer(body=[]), answer(201, ISSUE))
    run(first, {"title": "x", "body": "y"})
    again = context(answer(body=[{**ISSUE, "body": body(first)["body"]}]))
    assert run(again, {"title": "x", "body": "y"}).record["github"]["number"] == 7
    assert [request.method for request in again.http.requests] == ["GET"]


def test_the_token_goes_into_the_header_of_one_host():
    ctx = context(answer(body=[]), answer(201, ISSUE))
    run(ctx, {"title": "x"})
    assert {request.url.split("/")[2] for request in ctx.http.requests} == {"api.github.com"}
    assert ctx.http.requests[0].headers["Authorization"] == "token canary-token"


def test_an_enterprise_server_is_asked_below_its_own_path():
    fields = GitHubFields(token="t", base_url="https://github.example.org/api/v3")
    data = {"data": {"repository": {"id": "R"}, "createIssue": {"issue": {"number": 7, "state": "OPEN"}}}}
    ctx = context(answer(body=[]), answer(body=data), fields=fields)
    run(ctx, {"operation": "create-issue-graphql", "title": "x", "body": "y"})
    places = [request.url.partition("?")[0] for request in ctx.http.requests]
    assert places[0] == "https://github.example.org/api/v3/repos/octocat/Hello-World/issues"
    assert places[1] == "https://github.example.org/api/graphql"


def test_the_library_has_the_doors_that_are_used():
    requester = vars(Requester(None, "https://x", 1, "x", 30, True, None, None))
    assert {DOORS[0], "_Requester__seconds_between_writes", "_Requester__seconds_between_requests"} <= set(
        requester
    )
    assert set(DOORS[1:]) <= set(vars(Requester))


@pytest.mark.parametrize(
    ("given", "code", "is_retryable"),
    [
        (answer(401), "credential_refused", False),
        (answer(403, {"message": "canary-token"}), "not_allowed", False),
        (answer(403, x_ratelimit_remaining="0"), "rate_limited", True),
        (answer(429, retry_after="5"), "rate_limited", True),
        (answer(404), "not_found", False),
        (answer(410), "gone", False),
        (answer(301, location="https://evil.example/"), "moved", False),
        (answer(202), "unavailable", True),
        (answer(502), "unavailable", True),
        (answer(422, b"canary-token"), "invalid_request", False),
        (answer(200, b"<html>canary-token"), "bad_answer", False),
        (answer(200, 5), "bad_answer", False),
        (answer(200, [], x_ratelimit_remaining="many", x_ratelimit_limit="x"), "bad_answer", False),
        (NodeError("unreachable", "Nobody there.", retryable=True), "unreachable", True),
    ],
)
def test_what_goes_wrong_has_a_code_and_tells_no_secret(given: Any, code: str, is_retryable: bool):
    ctx = context(given)
    with pytest.raises(NodeError) as refused:
        run(ctx, {"title": "x"})
    assert (refused.value.code, refused.value.retryable) == (code, is_retryable)
    assert "canary-token" not in f"{refused.value} {refused.value.hint} {ctx.log.text}"
    assert len(ctx.http.requests) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "30"}, 30),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "{now+90}"}, 91),
        ({"x_ratelimit_remaining": "0"}, 60),
    ],
)
def test_a_rate_limit_says_when_to_come_back(headers: dict[str, str], seconds: float):
    now = datetime(2026, 1, 15, 12, 0, tzinfo=UTC).timestamp()
    said = {name: value.replace("{now+90}", str(int(now + 90))) for name, value in headers.items()}
    with pytest.raises(NodeError) as refused:
        run(context(answer(403, **said)), {"title": "x"})
    assert refused.value.retry_after == seconds


def test_the_permission_that_is_missing_is_named():
    with pytest.raises(NodeError) as refused:
        run(context(answer(403, x_accepted_github_permissions="issues=write")), {"title": "x"})
    assert "issues=write" in refused.value.hint


def test_a_refusal_names_the_field_and_quotes_nothing():
    said = {"errors": [{"field": "assignees", "code": "invalid", "value": "canary"}], "message": "canary"}
    with pytest.raises(NodeError) as refused:
        run(context(answer(body=[]), answer(422, said)), {"title": "x"})
    assert refused.value.field == "assignees"
    assert str(refused.value) == "GitHub refuses the request: assignees (invalid)."


def test_what_github_drops_without_a_word_is_in_the_log():
    ctx = context(answer(body=[]), answer(201, ISSUE))
    run(ctx, {"title": "x", "assignees": ["octocat"]})
    assert "did not take these assignees: octocat" in ctx.log.text


def test_a_graphql_error_fails_the_step():
    errors = {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": "canary"}]}
    with pytest.raises(NodeError) as refused:
        run(context(answer(body=errors)), {"operation": "ready-pull", "number": "7"})
    assert refused.value.code == "not_found"
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_an_operation_needs_is_said_before_publishing(operation: str):
    emptied = dict.fromkeys(("title", "number", "body", "head", "base", "label", "milestone"), "")
    config = configured(GitHub, {**BASE, **emptied, "operation": operation})
    assert {field for field, _, _ in GitHub().check(config, None)} == set(NEEDS[operation])


def test_a_value_that_came_out_empty_is_said_before_calling():
    ctx = context()
    with pytest.raises(NodeError) as refused:
        run(ctx, {"title": "{{ nothing }}"}, {"nothing": ""})
    assert (refused.value.code, refused.value.field, ctx.http.requests) == ("missing_value", "title", [])


def test_another_operation_has_no_texts_of_a_new_issue():
    config = configured(GitHub, {**BASE, "operation": "update-issue", "number": "7"})
    assert (config.title, config.body, config.labels) == ("", "", [])


def test_the_address_of_a_page_will_do_and_nonsense_not():
    pasted = configured(GitHub, {**BASE, "repository": "https://github.com/octocat/Hello-World.git"})
    assert pasted.repository == "octocat/Hello-World"
    with pytest.raises(ValidationError):
        configured(GitHub, {**BASE, "repository": "octocat"})


def test_a_value_adds_no_path():
    with pytest.raises(NodeError) as refused:
        run(context(), {"repository": "{{ r }}", "title": "x"}, {"r": "a/../../user"})
    assert refused.value.code == "bad_repository"


def test_the_line_on_the_canvas():
    assert GitHub().summary(configured(GitHub, BASE)) == "create-issue → octocat/Hello-World"


def test_a_dry_run_shows_what_would_be_asked_and_goes_on():
    config = configured(GitHub, BASE, JOB, render=render)
    assert GitHub().preview(config, JOB)["title"] == "Backup problem"
    assert GitHub().dry_run_result(config, JOB).record["github"]["number"] == 0
