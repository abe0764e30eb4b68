"""The webhook action."""

import asyncio
import hmac
import json

import pytest
from pydantic import ValidationError

from actions.credentials.http_api_key import ApiKeyFields
from actions.credentials.http_bearer import BearerFields
from actions.nodes.actions.webhook import Webhook
from actions.services.signing import SigningFields
from flows.sdk import Emit, HttpAnswer, NodeError, OnCrash, Shape, Tls
from flows.sdk.testing import answering, configured, run_node
from flows.testing import render
from tests.support.certificates import self_signed

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


TOKEN = BearerFields(allowed_hosts=["hooks.example.org"], token="canary-token")
SIGNING = SigningFields(allowed_hosts=["hooks.example.org"], secret="canary-secret")


def exchanged(config, answer=None):
    context = answering(answer or HttpAnswer(200, {}, b"ok"))
    context.credentials = {"token": TOKEN, "secret": SIGNING}
    result = run_node(Webhook, {"url": URL, **config}, RECORD, context=context)
    return context, result


def test_a_credential_signs_the_request_in():
    context, _ = exchanged({"credential": "token"})
    assert context.http.requests[0].headers["Authorization"] == "Bearer canary-token"


def test_what_is_sent_is_signed_as_it_is_sent():
    context, _ = exchanged({"sign": "hmac", "signing_credential": "secret"})
    [request] = context.http.requests
    wanted = hmac.digest(b"canary-secret", request.content, "sha256").hex()
    assert request.headers["X-Hub-Signature-256"] == f"sha256={wanted}"


def test_a_dry_run_names_the_credentials_and_opens_none():
    config = {"url": URL, "credential": "token", "sign": "standard", "signing_credential": "secret"}
    preview = Webhook().preview(configured(Webhook, config), RECORD)
    assert (preview["signed_in_with"], preview["signed_with"]) == ("token", "secret")
    assert "canary" not in json.dumps(preview)


def test_own_certificates_are_trusted_and_checking_can_be_left_out():
    pair = self_signed("hooks.example.org")
    assert exchanged({"ca": pair.certificate})[0].http.requests[0].tls == Tls(ca=pair.certificate.strip())
    assert exchanged({"verify_tls": False})[0].http.requests[0].tls == Tls(verify=False)
    assert exchanged({})[0].http.requests[0].tls is None


def test_the_user_agent_can_be_chosen():
    assert sent({}).headers["User-Agent"] == "hookflow"
    assert sent({"user_agent": "Our-Bot/1"}).headers["User-Agent"] == "Our-Bot/1"


def test_the_answer_can_be_kept():
    answer = HttpAnswer(201, {"content-type": "application/json", "set-cookie": "canary"}, b'{"id": 7}')
    _, result = exchanged({"as_field": "reply.api"}, answer)
    assert result.record["reply"]["api"] == {
        "status": 201,
        "headers": {"content-type": "application/json"},
        "body": {"id": 7},
    }
    shape = Webhook().fields(configured(Webhook, {"url": URL, "as_field": "reply"}), Shape.object({}))["out"]
    assert shape.at("reply.status").type == "integer"


def test_an_answer_that_only_says_that_it_is_json_is_kept_as_text():
    _, result = exchanged(
        {"as_field": "reply"}, HttpAnswer(200, {"content-type": "application/json"}, b"{oops")
    )
    assert result.record["reply"]["body"] == "{oops"


def test_an_empty_field_keeps_nothing_of_the_answer():
    _, result = exchanged({"as_field": ""})
    assert result == Emit("out", RECORD)


def test_no_more_of_an_answer_is_read_than_was_asked_for():
    context, _ = exchanged({"max_kib": 3})
    assert context.http.requests[0].max_body_bytes == 3072


@pytest.mark.parametrize(
    ("log", "shown", "hidden"),
    [
        ("off", [], ["answered"]),
        ("line", ["answered 200"], ["body"]),
        ("exchange", ["web-1", "the answer"], []),
    ],
)
def test_how_much_is_logged_can_be_chosen_and_no_secret_is(log, shown, hidden):
    config = {"log": log, "credential": "token", "sign": "standard", "signing_credential": "secret"}
    context, _ = exchanged(config, HttpAnswer(200, {"set-cookie": "canary"}, b"the answer"))
    for text in shown:
        assert text in context.log.text
    for text in [*hidden, "canary"]:
        assert text not in context.log.text


def test_a_key_in_the_query_or_the_path_is_in_no_log():
    key = ApiKeyFields(allowed_hosts=["hooks.example.org"], place="query", name="key", key="canary-key")
    context = answering(HttpAnswer(404, {}, b"no"))
    context.credentials = {"key": key}
    url = "https://hooks.example.org/services/T0/B0/canaryXcanary0canary"
    with pytest.raises(NodeError) as caught:
        run_node(Webhook, {"url": url, "credential": "key", "log": "exchange"}, RECORD, context=context)
    assert "key=canary-key" in context.http.requests[0].url
    assert "canary" not in f"{context.log.text}{caught.value.message}{caught.value.hint}"


def test_a_signature_without_a_secret_is_refused():
    with pytest.raises(ValidationError):
        configured(Webhook, {"url": URL, "sign": "standard"})
