"""The ToDo node, as far as no Microsoft is needed; `tests/peers` has the rest."""

import json
from contextlib import suppress

import pytest
from pydantic import ValidationError

from actions.nodes.actions.todo import Todo
from actions.services.office365 import Office365Fields
from flows.sdk import HttpAnswer, NodeError, OnCrash, Shape
from flows.sdk.testing import answering, configured
from flows.testing import render

FIELDS = Office365Fields(
    tenant="contoso.onmicrosoft.com",
    client_id="22222222-2222-2222-2222-222222222222",
    client_secret="canary-secret",
    user_id="anna@contoso.com",
)
LOGIN = "https://login.microsoftonline.com/contoso.onmicrosoft.com"
JSON = {"content-type": "application/json"}
KEY = "0195-run.node"


def told(code=200, headers=None, /, **values):
    return HttpAnswer(code, {**JSON, **(headers or {})}, json.dumps(values).encode())


DISCOVERY = told(
    issuer=f"{LOGIN}/v2.0",
    authorization_endpoint=f"{LOGIN}/oauth2/v2.0/authorize",
    token_endpoint=f"{LOGIN}/oauth2/v2.0/token",
)
TOKEN = told(access_token="canary-token", token_type="Bearer", expires_in=3600)
MADE = told(201, id="t-1", title="Hello", status="notStarted", importance="normal")
NOTHING = told(value=[])


def done(*answers, **config):
    context = answering(DISCOVERY, TOKEN, *answers)
    context.credentials = {"ms": FIELDS}
    drawn = {"credential": "ms", "list": "L 1", "subject": "Hello", **config}
    return context, Todo().run(context, render(Todo, drawn, {"id": 1}), {"id": 1})


def refused(*answers, **config):
    with pytest.raises(NodeError) as caught:
        done(*answers, **config)
    return caught.value


def test_the_task_is_put_into_the_record():
    _, result = done(NOTHING, MADE)
    assert result.record == {
        "id": 1,
        "task": {
            "id": "t-1",
            "title": "Hello",
            "status": "notStarted",
            "importance": "normal",
            "list": "L 1",
        },
    }
    shape = Todo().fields(configured(Todo, {"credential": "ms"}), Shape.object({}))["out"]
    assert all(shape.at(f"task.{name}") for name in result.record["task"])


def test_the_token_goes_to_graph_and_into_no_log():
    context, _ = done(NOTHING, MADE)
    asked = context.http.requests[-1]
    assert asked.url == "https://graph.microsoft.com/v1.0/users/anna%40contoso.com/todo/lists/L%201/tasks"
    assert asked.headers["Authorization"] == "Bearer canary-token"
    assert "canary" not in context.log.text


def test_a_task_that_an_earlier_try_made_is_not_made_again():
    marks = [{"applicationName": "hookflow", "externalId": KEY}]
    others = [{"id": "t-0", "linkedResources": [{"applicationName": "other", "externalId": KEY}]}]
    context, result = done(told(value=[*others, {"id": "t-9", "title": "Hello", "linkedResources": marks}]))
    assert result.record["task"]["id"] == "t-9"
    assert [asked.method for asked in context.http.requests] == ["GET", "POST", "GET"]
    assert Todo.meta.on_crash is OnCrash.REPEAT


def test_the_subject_is_one_line_that_fits():
    context, _ = done(NOTHING, MADE, subject="a\n b" * 200)
    title = json.loads(context.http.requests[-1].content)["title"]
    assert title.startswith("a ba b")
    assert len(title) == 255


def test_names_of_a_job_stay_as_they_are_where_there_is_no_job():
    context, _ = done(NOTHING, MADE, subject="Task: {job_name} - {status}")
    assert json.loads(context.http.requests[-1].content)["title"] == "Task: {job_name} - {status}"


@pytest.mark.parametrize(
    ("due", "zone", "wanted"),
    [
        ("2026-03-01", "Europe/Prague", "2026-03-01T00:00:00.0000000"),
        ("2026-03-01T12:30", "Europe/Prague", "2026-03-01T12:30:00.0000000"),
        ("2026-03-01T12:30:00Z", "Europe/Prague", "2026-03-01T13:30:00.0000000"),
        ("+90m", "UTC", "2026-01-15T13:30:00.0000000"),
    ],
)
def test_it_is_due_in_its_zone(due, zone, wanted):
    context, _ = done(NOTHING, MADE, due=due, zone=zone)
    assert json.loads(context.http.requests[-1].content)["dueDateTime"] == {
        "dateTime": wanted,
        "timeZone": zone,
    }


def again(*answers, fields=FIELDS, **config):
    """A step after another one: these answers are all that there are."""
    context = answering(*answers)
    context.credentials = {"ms": fields}
    drawn = {"credential": "ms", "list": "L 1", "subject": "Hello", **config}
    Todo().run(context, render(Todo, drawn, {"id": 1}), {"id": 1})
    return [request.url.partition("?")[0].rpartition("/")[2] for request in context.http.requests]


def test_the_next_step_uses_the_token_that_is_there():
    done(NOTHING, MADE)
    assert again(NOTHING, MADE) == ["tasks", "tasks"]


def test_another_secret_signs_in_anew():
    done(NOTHING, MADE)
    other = FIELDS.model_copy(update={"client_secret": "another-secret"})
    assert len(again(DISCOVERY, TOKEN, NOTHING, MADE, fields=other)) == 4


@pytest.mark.parametrize("status", [401, 403])
def test_a_kept_token_that_is_refused_is_replaced_once(status):
    done(NOTHING, MADE)
    refusal = told(status, error={"code": "x", "message": ""})
    assert len(again(refusal, DISCOVERY, TOKEN, NOTHING, MADE)) == 5
    with pytest.raises(NodeError):
        again(refusal, DISCOVERY, TOKEN, refusal)


@pytest.mark.parametrize("seconds", [60, "soon", True, None])
def test_a_token_that_ends_soon_is_not_kept(seconds):
    context = answering(
        DISCOVERY, told(access_token="t", token_type="Bearer", expires_in=seconds), NOTHING, MADE
    )
    context.credentials = {"ms": FIELDS}
    with suppress(NodeError):  # msal may not read such an answer at all
        Todo().run(context, render(Todo, {"credential": "ms", "list": "L", "subject": "x"}, {}), {})
    assert len(again(DISCOVERY, TOKEN, NOTHING, MADE)) == 4


@pytest.mark.parametrize("due", ["tomorrow", "+soon", "2026-13-01"])
def test_what_is_no_date_fails_the_step(due):
    assert refused(due=due).code == "bad_due_date"


def test_what_graph_asks_to_wait_is_waited():
    error = refused(told(429, {"retry-after": "42"}, error={"code": "TooManyRequests"}))
    assert (error.code, error.retryable, error.retry_after) == ("throttled", True, 42.0)


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "http_status"), (401, "token_refused"), (403, "missing_permission"), (404, "not_found")],
)
def test_a_refusal_tells_the_request_id_and_nothing_else_of_the_answer(status, code):
    inner = {"request-id": "0d2c2a3a-1111-2222-3333-444444444444"}
    error = refused(told(status, error={"code": "x", "message": "canary text", "innerError": inner}))
    assert (error.code, error.retryable) == (code, False)
    assert "0d2c2a3a-1111-2222-3333-444444444444" in error.hint
    assert "canary" not in f"{error.message}{error.hint}"


def test_an_unknown_error_without_a_word_is_a_missing_permission():
    error = refused(told(403, error={"code": "UnknownError", "message": ""}))
    assert error.code == "missing_permission"
    assert "Tasks.ReadWrite.All and User.Read.All" in error.message
    assert "Grant admin consent" in error.hint


def test_redirects_are_not_followed():
    assert refused(HttpAnswer(302, {"location": "https://evil.example"}, b"")).code == "http_status"


def test_lists_are_read_page_by_page_and_from_graph_alone():
    page = {"@odata.nextLink": "https://graph.microsoft.com/v1.0/users/x/todo/lists?$skip=1"}
    evil = {"@odata.nextLink": "https://evil.example/v1.0/more"}
    context = answering(
        DISCOVERY,
        TOKEN,
        told(value=[{"id": "a", "displayName": "A", "wellknownListName": "defaultList"}], **page),
        told(value=[{"id": "b", "displayName": "B", "wellknownListName": "none"}], **evil),
    )
    context.credentials = {"ms": FIELDS}
    found = Todo().choices("list", context, {"credential": "ms", "user_id": "{{ x }}"}, "")
    assert [(choice.value, choice.help) for choice in found] == [("a", "Default"), ("b", "")]
    assert len(context.http.requests) == 4


def test_a_dry_run_shows_the_task():
    config = configured(Todo, {"credential": "ms", "subject": "Hello"})
    assert Todo().preview(config, {})["subject"] == "Hello"
    assert Todo().dry_run_result(config, {}).record["task"]["title"] == "Hello"


@pytest.mark.parametrize(
    "config", [{"operation": "complete"}, {"operation": "update"}, {"subject": " "}, {"zone": "Moon/Base"}]
)
def test_a_config_that_cannot_be_meant_is_refused(config):
    with pytest.raises(ValidationError):
        configured(Todo, {"credential": "ms", **config})
