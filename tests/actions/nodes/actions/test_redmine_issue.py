"""Redmine issue, against answers as Redmine gives them; tests/peers talks to a real one."""

import json
from typing import Any

import pytest

from actions.nodes.actions.redmine_issue import RedmineIssue
from actions.services.redmine import RedmineFields
from actions.services.redmine_issues import marker_of
from common.http import HttpAnswer
from flows.sdk import JsonObject, NodeError
from flows.sdk.testing import FakeContext, FakeHttp, configured, run_node
from flows.testing import render

FIELDS = RedmineFields(url="https://redmine.example.org/pm", api_key="canary-key")
JOB = {
    "job_id": "j1",
    "app_name": "Backup",
    "command": "backup",
    "exitcode": 1,
    "stdout": "",
    "stderr": "disk full",
}
CREATE = {"credential": "r", "project": "demo"}


def answer(status: int = 200, body: Any = None, **headers: str) -> HttpAnswer:
    raw = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    return HttpAnswer(status, headers, raw)


def issue(**fields: Any) -> dict[str, Any]:
    return {"issue": {"id": 7, "status": {"id": 1, "name": "New"}, "subject": "Backup problem", **fields}}


def context(*answers: HttpAnswer | NodeError) -> FakeContext:
    return FakeContext(http=FakeHttp(list(answers)), credentials={"r": FIELDS})


def run(ctx: FakeContext, config: JsonObject, record: JsonObject | None = None) -> Any:
    return run_node(RedmineIssue, config, record or {}, context=ctx, render=render)


def sent(ctx: FakeContext) -> list[str]:
    return [f"{request.method} {request.url.partition('?')[0]}" for request in ctx.http.requests]


def test_a_job_becomes_an_issue_as_multiflexi_writes_it():
    ctx = context(answer(body={"issues": []}), answer(201, issue()), answer(body=issue()))
    run(ctx, CREATE, {**JOB, "version": "1.0"})
    written = json.loads(ctx.http.requests[1].content or b"")["issue"]
    assert written["subject"] == "Backup problem"
    assert written["description"].startswith(
        "JOB ID: j1\n\nCommand: backup\n\nExitCode: 1\n\nStdout:\n```\n\n```\n\nSterr:\n"
    )
    assert written["description"].endswith(f"\n\n{marker_of(ctx.idempotency_key)}")


def test_the_record_gets_number_address_and_status():
    ctx = context(answer(body={"issues": []}), answer(201, issue()), answer(body=issue()))
    result = run(ctx, {**CREATE, "as_field": "made.issue"})
    made = result.record["made"]["issue"]
    assert (made["id"], made["url"]) == (7, "https://redmine.example.org/pm/issues/7")
    assert made["status"] == "New"


def test_an_issue_of_a_former_try_is_taken():
    ctx = context()
    found = {"id": 7, "description": f"x {marker_of(ctx.idempotency_key)}"}
    ctx.http.answers = [answer(body={"issues": [found]}), answer(body=issue())]
    assert run(ctx, CREATE).record["redmine"]["id"] == 7
    assert all(entry.startswith("GET") for entry in sent(ctx))


def test_the_key_goes_into_a_header_and_names_into_no_other_place():
    ctx = context(answer(body={"issues": []}), answer(201, issue()), answer(body=issue()))
    run(ctx, {**CREATE, "project": "../users"})
    assert ctx.http.requests[0].headers["X-Redmine-API-Key"] == "canary-key"
    assert sent(ctx)[0] == "GET https://redmine.example.org/pm/projects/..%2Fusers/issues.json"


@pytest.mark.parametrize(
    ("given", "code", "is_retryable"),
    [
        (answer(401), "credential_refused", False),
        (answer(403), "not_allowed", False),
        (answer(404), "not_found", False),
        (answer(413), "too_large", False),
        (answer(422, {"errors": ["Subject cannot be blank"]}), "invalid_issue", False),
        (answer(422, b"canary-key"), "invalid_issue", False),
        (answer(429), "unavailable", True),
        (answer(503), "unavailable", True),
        (answer(302, Location="https://evil.example/"), "moved", False),
        (answer(200, b"<html>canary-key</html>"), "bad_answer", False),
        (answer(200, [1]), "bad_answer", False),
        (answer(200, {"issues": 5}), "bad_answer", False),
        (NodeError("timed_out", "It took too long.", retryable=True), "timed_out", True),
    ],
)
def test_what_goes_wrong_has_a_code_and_tells_no_secret(given: Any, code: str, is_retryable: bool):
    ctx = context(given)
    with pytest.raises(NodeError) as refused:
        run(ctx, CREATE)
    assert (refused.value.code, refused.value.retryable) == (code, is_retryable)
    assert "canary-key" not in f"{refused.value} {refused.value.hint} {ctx.log.text}"
    assert len(ctx.http.requests) == 1


def test_a_busy_redmine_says_when_to_come_back():
    with pytest.raises(NodeError) as refused:
        run(context(answer(429, **{"Retry-After": "30"})), CREATE)
    assert refused.value.retry_after == 30


def test_a_refusal_names_the_field():
    said = {"errors": ["Target version is not included in the list"]}
    with pytest.raises(NodeError) as refused:
        run(context(answer(body={"issues": []}), answer(422, said)), CREATE)
    assert refused.value.field == "version"
    assert "Target version is not included in the list" in str(refused.value)


def test_lists_that_never_end_are_cut():
    rows = [{"id": number, "name": f"P{number}"} for number in range(100)]
    ctx = context(answer(body={"projects": rows, "total_count": 10**9}))
    listed = RedmineIssue().choices("project", ctx, {"credential": "r"}, "")
    assert (len(listed), len(ctx.http.requests)) == (500, 5)


@pytest.mark.parametrize("config", [{}, {"operation": "update"}, {"operation": "comment", "issue": "7"}])
def test_what_an_operation_needs_is_said_before_publishing_and_before_calling(config: JsonObject):
    drawn = {"credential": "r", **config}
    ctx = context()
    assert RedmineIssue().check(configured(RedmineIssue, drawn), None) != []
    with pytest.raises(NodeError, match="is empty"):
        run(ctx, drawn)
    assert ctx.http.requests == []


def test_a_change_has_no_texts_of_its_own():
    config = configured(RedmineIssue, {"credential": "r", "operation": "update", "issue": "7"})
    assert (config.subject, config.description) == ("", "")


def test_the_line_on_the_canvas():
    node = RedmineIssue()
    assert node.summary(configured(RedmineIssue, CREATE)) == "→ demo"
    changed = {"credential": "r", "operation": "comment", "issue": "{{ redmine.id }}"}
    assert node.summary(configured(RedmineIssue, changed)) == "comment #redmine.id"


def test_a_dry_run_shows_what_would_be_asked_and_goes_on():
    config = configured(RedmineIssue, {**CREATE, "status": "New"}, JOB, render=render)
    node = RedmineIssue()
    assert node.preview(config, JOB)["subject"] == "Backup problem"
    assert node.dry_run_result(config, JOB).record["redmine"]["status"] == "New"
