"""The webhook action."""

import asyncio
import json

import pytest
from pydantic import ValidationError

from actions.nodes.actions.webhook import Webhook
from flows.sdk import Emit, HttpAnswer, NodeError, OnCrash, Shape
from flows.sdk.testing import answering, configured, run_node
from flows.testing import render

URL = "https://hooks.example.org/in"
RECORD = {"hostname": "web-1", "ram": 9000}


def sent(config):
    context = answering(HttpAnswer(200, {}, b"ok"))
    run_node(Webhook, {"url": URL, **config}, RECORD, context=context)
    return context.http.requests[0]


def test_the_record_goes_on_as_it_came():
    assert run_node(Webhook, {"url": URL}, RECORD) == Emit("out", RECORD)


def test_without_content_the_whole_record_is_sent_as_json():
    request = sent({})
    assert request.method == "POST"
    assert json.loads(request.content) == RECORD
    assert request.headers["Content-Type"] == "application/json"


def test_json_content_is_sent_as_json():
    assert json.loads(sent({"content": {"server": "Žižkov", "n": [1]}}).content) == {
        "server": "Žižkov",
        "n": [1],
    }
    assert json.loads(sent({"content": "just a text"}).content) == "just a text"


def test_text_is_sent_as_it_is():
    request = sent({"content_type": "text/plain", "text": 'he said "no"\n'})
    assert request.content == b'he said "no"\n'
    assert request.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_form_fields_are_encoded():
    request = sent(
        {"content_type": "application/x-www-form-urlencoded", "form": {"a": "1&admin=1", "b": "č"}}
    )
    assert request.content == b"a=1%26admin%3D1&b=%C4%8D"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_another_type_is_sent_as_json_or_as_it_is():
    request = sent({"content_type": "other-json", "custom_type": "application/cloudevents+json"})
    assert (json.loads(request.content), request.headers["Content-Type"]) == (
        RECORD,
        "application/cloudevents+json",
    )
    request = sent({"content_type": "other-text", "custom_type": "application/xml", "text": "<a/>"})
    assert (request.content, request.headers["Content-Type"]) == (b"<a/>", "application/xml")


def test_a_name_left_over_from_another_type_is_not_sent():
    request = sent({"content_type": "text/plain", "custom_type": "application/xml", "text": "x"})
    assert request.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_reading_method_sends_no_content(method):
    request = sent({"method": method, "content": {"left": "over"}})
    assert request.content is None
    assert "Content-Type" not in request.headers


def test_every_try_carries_the_same_key():
    assert sent({}).headers["Idempotency-Key"] == "0195-run.node"
    assert Webhook.meta.on_crash is OnCrash.REPEAT
    assert Webhook.meta.durable


def test_a_refusal_fails_the_step():
    context = answering(HttpAnswer(503, {"retry-after": "5"}, b""))
    with pytest.raises(NodeError) as caught:
        run_node(Webhook, {"url": URL}, RECORD, context=context)
    assert (caught.value.code, caught.value.retryable, caught.value.retry_after) == ("http_status", True, 5.0)


def test_a_dry_run_shows_exactly_what_would_be_sent():
    config = {"url": URL, "content": {"n": 1}, "headers": {"X-Source": "hookflow"}}
    preview = Webhook().preview(configured(Webhook, config), RECORD)
    request = sent(config)
    assert (preview["method"], preview["url"], preview["body"]) == ("POST", URL, request.content.decode())
    key = {"Idempotency-Key": "(made for the step)"}
    assert preview["headers"] == {**request.headers, **key}


@pytest.mark.parametrize(
    "extra",
    [
        {"content_type": "other-json"},
        {"content_type": "other-text", "custom_type": "xml"},
        {"custom_type": "a/b\r\nX-Evil: 1"},
        {"content_type": "application/xml"},
        {"url": ""},
        {"unknown": 1},
    ],
)
def test_a_config_that_cannot_be_meant_is_refused(extra):
    with pytest.raises(ValidationError):
        configured(Webhook, {"url": URL, **extra})


def test_a_url_that_cannot_be_called_is_a_problem():
    [(field, _, _)] = Webhook().check(configured(Webhook, {"url": "hooks.example.org"}), Shape.object({}))
    assert field == "url"


def test_a_template_that_gives_null_sends_null_and_not_the_record():
    drawn = configured(Webhook, {"url": URL, "content": "{{ note }}"})
    rendered = drawn.model_copy(update={"content": None})
    assert Webhook().preview(rendered, RECORD)["body"] == "null"


@pytest.mark.parametrize("empty", [None, ""])
def test_content_that_was_left_empty_sends_the_record(empty):
    assert json.loads(sent({"content": empty}).content) == RECORD


@pytest.mark.parametrize("content_type", ["other-json", "other-text"])
def test_the_other_type_takes_a_template(content_type):
    config = {
        "url": URL,
        "content_type": content_type,
        "custom_type": "application/{{ kind }}+json",
        "text": "x",
    }
    rendered = render(Webhook, config, {"kind": "vnd.example"})
    context = answering(HttpAnswer(200, {}, b"ok"))
    asyncio.run(Webhook().run(context, rendered, RECORD))
    assert context.http.requests[0].headers["Content-Type"] == "application/vnd.example+json"


@pytest.mark.parametrize("kind", ["", "a b", "x\r\nX-Evil: 1", "a/b", ";", "ž", "x" * 300])
def test_a_template_that_gives_no_media_type_fails_the_step(kind):
    config = {"url": URL, "content_type": "other-text", "custom_type": "a/{{ kind }}", "text": "x"}
    with pytest.raises(NodeError) as caught:
        Webhook().preview(render(Webhook, config, {"kind": kind}), RECORD)
    assert caught.value.code in ("bad_content_type", "bad_header")
    assert caught.value.field == "custom_type"
