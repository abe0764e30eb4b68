"""The REST calls of a template file."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from common.http import HttpAnswer
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, answering
from hooks.services.builtins.execute_as_workflow import execute_as_workflow
from hooks.services.builtins.rest_answers import translate

CONTEXT = {"deployment_id": "7", "event_type": "workflow_started", "rest_token": None}
PROPERTIES = {"hosts": ["api.example.org"], "port": -1, "ssl": True}
USER = {"id": 10, "name": "Clementina", "address": {"city": "Lebsackbury", "geo": {"lat": "-38.2"}}}
TEMPLATE = """
rest_calls:
  - path: /users/{{ user }}
    method: GET
    headers:
      Content-type: application/json
    response_format: json
    recoverable_codes: [503]
    response_translation:
      name: [full-name]
      id: [USER_ID]
      address: {geo: {lat: [place, latitude]}}
    response_expectation:
      - ['id', '10']
  - path: /posts
    method: POST
    payload:
      title: '{{ __inputs__.event_type }} of {{ __inputs__.deployment_id }}'
      userId: {{ USER_ID }}
"""


@pytest.fixture
def templates(tmp_path: Path, settings: LazySettings) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOK_TEMPLATES": str(folder)}
    (folder / "user.yaml").write_text(TEMPLATE)
    return folder


def answer(body: Any, status: int = 200, kind: str = "application/json") -> HttpAnswer:
    return HttpAnswer(
        status, {"content-type": kind}, body if isinstance(body, bytes) else json.dumps(body).encode()
    )


def executed(ctx: FakeContext, **inputs: Any) -> Any:
    given = {"template_file": "user.yaml", "properties": PROPERTIES, "params": {"user": "a/b"}, **inputs}
    return asyncio.run(execute_as_workflow(ctx, CONTEXT, given))


def refused(ctx: FakeContext | None = None, **inputs: Any) -> NodeError:
    with pytest.raises(NodeError) as failed:
        executed(ctx or answering(answer(USER)), **inputs)
    return failed.value


def written(templates: Path, call: str) -> None:
    (templates / "user.yaml").write_text(f"rest_calls:\n  - {{path: /x, {call}}}")


@pytest.mark.usefixtures("templates")
def test_calls_are_made_in_order_and_use_what_the_earlier_ones_gave():
    ctx = answering(answer(USER), answer({"id": 101}, 201))
    assert executed(ctx) == {
        "result_properties": {"full-name": "Clementina", "USER_ID": 10, "place": {"latitude": "-38.2"}},
        "calls": [
            {"method": "GET", "url": "https://api.example.org/users/a%2Fb", "status": 200},
            {"method": "POST", "url": "https://api.example.org/posts", "status": 201},
        ],
    }
    first, second = ctx.http.requests
    assert (first.method, first.url) == ("GET", "https://api.example.org/users/a%2Fb")
    assert json.loads(second.content or b"") == {"title": "workflow_started of 7", "userId": 10}


@pytest.mark.usefixtures("templates")
def test_the_result_is_put_where_it_is_wanted():
    ctx = answering(answer(USER))
    assert list(executed(ctx, save_path="saved", remove_calls=True)) == ["saved"]
    assert executed(ctx, template_file="") is None
    assert ctx.log.lines[-1] == ("info", "Processing finished. No template file provided.")


@pytest.mark.parametrize(
    "name", ["../secret.yaml", "/etc/passwd", "link.yaml", "gone.yaml", ".", "a\0b", "~/x", "x" * 5000]
)
def test_nothing_outside_the_folder_is_read(templates: Path, name: str):
    (templates.parent / "secret.yaml").write_text(TEMPLATE)
    os.symlink(templates.parent / "secret.yaml", templates / "link.yaml")
    assert refused(template_file=name).code == "unknown_template"


def test_without_a_folder_there_are_no_templates():
    assert refused().code == "no_templates"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rest_calls: {", "Line 1"),
        ("calls: []", "no list rest_calls"),
        ("rest_calls:\n  - !!python/object/apply:os.system [id]", "Line 2: The tag"),
        ("{% for x in y %}", "a statement"),
        ("rest_calls: [{path: '{{ x.__class__ }}'}]", "path"),
        ("rest_calls: [{path: /, method: TRACE}]", "method of a call"),
        ("rest_calls: [{path: /, files: {a: b}}]", "files of a call"),
        ("rest_calls: [{path: /, verify: /etc/ssl/key.pem}]", "no names of files"),
        ("rest_calls: [{path: /, host: 'a/b@c', hosts: []}]", "is no host"),
        ("rest_calls: [{path: /, proxies: {https: 'http://x'}}]", "Proxies"),
    ],
)
def test_a_wrong_template_is_told(templates: Path, text: str, said: str):
    (templates / "user.yaml").write_text(text)
    ctx = answering(answer(USER))
    error = refused(ctx, params={"x": {}})
    assert error.code == "bad_template"
    assert said in error.message
    assert ctx.http.requests == []


def test_a_value_stays_where_it_was_put(templates: Path):
    (templates / "user.yaml").write_text(
        "rest_calls:\n  - path: /{{ x }}\n    payload: {a: '{{ x }}', b: {{ x }}}\n    method: PUT"
    )
    ctx = answering(answer({}))
    executed(ctx, params={"x": "../q'}, admin: true, {'@evil.example/"})
    (request,) = ctx.http.requests
    assert request.url.startswith("https://api.example.org/..%2Fq%27%7D")
    assert sorted(json.loads(request.content or b"")) == ["a", "b"]


@pytest.mark.parametrize(
    ("call", "status", "code", "retryable"),
    [
        ("recoverable_codes: [503]", 503, "unexpected_status", True),
        ("recoverable_codes: [503]", 500, "unexpected_status", False),
        ("response_expectation: [['state', 'ready']]", 200, "unexpected_answer", True),
        ("response_expectation: [['gone', 'ready']]", 200, "unexpected_answer", True),
        ("nonrecoverable_response: [['state', 'bro.*']]", 200, "unexpected_answer", False),
        ("response_format: xml", 200, "bad_answer", False),
    ],
)
def test_an_answer_that_is_not_wanted_fails(
    templates: Path, call: str, status: int, code: str, retryable: bool
):
    written(templates, call)
    error = refused(answering(answer({"state": "broken"}, status)))
    assert (error.code, error.retryable) == (code, retryable)


def test_an_error_that_is_expected_is_none(templates: Path):
    written(templates, "successful_codes: [404]")
    assert executed(answering(answer({}, 404)), remove_calls=True) == {}


def test_the_next_host_is_tried_when_one_cannot_be_reached(templates: Path):
    written(templates, "hosts: [one.example, two.example]")
    ctx = answering(NodeError("unreachable", "No."), answer({}))
    executed(ctx)
    assert [request.url for request in ctx.http.requests] == [
        "https://one.example/x",
        "https://two.example/x",
    ]
    refusing = answering(NodeError("address_refused", "No."), answer({}))
    assert refused(refusing).code == "address_refused"
    assert len(refusing.http.requests) == 1


def test_forms_queries_and_passwords_are_sent(templates: Path):
    written(templates, "method: POST, payload_format: urlencoded, payload: {a: 1}, params: {q: 'x y'}")
    ctx = answering(answer({}))
    executed(ctx, auth={"user": "u", "password": "pass-word-1"})
    (request,) = ctx.http.requests
    assert (request.url, request.content) == ("https://api.example.org/x?q=x+y", b"a=1")
    assert request.headers["Authorization"] == "Basic dTpwYXNzLXdvcmQtMQ=="
    assert "pass-word-1" not in ctx.log.text


def test_xml_is_kept_as_an_object(templates: Path):
    written(templates, "response_translation: {list: {item: [items]}}")
    ctx = answering(answer(b"<list><item n='1'>a</item><item>b</item></list>", kind="text/xml"))
    assert executed(ctx, remove_calls=True) == {"items": [{"@n": "1", "#text": "a"}, "b"]}


@pytest.mark.parametrize(
    ("version", "rules", "kept"),
    [
        ("auto", [[["pages", ["name"]], ["out", ["title"]]]], {"out": [{"title": "a"}, {"title": "b"}]}),
        ("auto", ["whole"], {"whole": {"pages": [{"name": "a"}, {"name": "b"}]}}),
        ("v3", {"second": ["pages", 1, "name"]}, {"second": "b"}),
        ("auto", {"pages": [{"name": ["first"]}]}, {"first": "a"}),
    ],
)
def test_answers_are_translated_in_each_version(version: str, rules: Any, kept: dict[str, Any]):
    out: dict[str, Any] = {}
    translate({"pages": [{"name": "a"}, {"name": "b"}]}, rules, version, out)
    assert out == kept


@pytest.mark.usefixtures("templates")
def test_inputs_of_the_wrong_form_are_told():
    error = refused(properties=7)
    assert (error.code, error.field) == ("bad_inputs", "inputs")
    assert "properties" in error.message
