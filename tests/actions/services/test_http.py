"""What is sent over HTTP, and which answers are failures."""

import asyncio

import pytest
from pydantic import TypeAdapter, ValidationError

from actions.services.http import Headers, Outgoing, Timeout, answer_value, send, url_problem
from flows.sdk import HttpAnswer, NodeError
from flows.sdk.testing import answering

URL = "https://api.example.org/v1/servers?key=hidden"


def sent(method="POST", *, context=None, headers=None):
    context = context or answering(HttpAnswer(204, {}, b""))
    asyncio.run(send(context, Outgoing(method, URL, headers or {}, b"{}"), timeout="5s"))
    return context.http.requests[0]


def failure(status, headers=None):
    with pytest.raises(NodeError) as caught:
        sent(context=answering(HttpAnswer(status, headers or {}, b"no")))
    return caught.value


def test_what_changes_something_carries_the_key_of_the_step():
    assert sent("POST").headers["Idempotency-Key"] == "0195-run.node"
    assert sent("DELETE").headers["Idempotency-Key"] == "0195-run.node"


def test_what_only_reads_carries_no_key():
    assert "Idempotency-Key" not in sent("GET").headers


def test_a_key_of_ones_own_is_kept():
    headers = sent("POST", headers={"idempotency-key": "mine"}).headers
    assert [value for name, value in headers.items() if name.lower() == "idempotency-key"] == ["mine"]


def test_what_changes_something_follows_no_redirect():
    assert sent("GET").follow_redirects
    assert not sent("POST").follow_redirects


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        (301, False),
        (400, False),
        (401, False),
        (404, False),
        (408, True),
        (429, True),
        (500, True),
        (503, True),
    ],
)
def test_a_status_other_than_2xx_fails_and_says_whether_to_try_again(status, retryable):
    error = failure(status)
    assert (error.code, error.retryable) == ("http_status", retryable)
    assert f"api.example.org answered {status}" in str(error)
    assert error.hint


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Thu, 15 Jan 2026 12:10:00 GMT", 600.0),
        ("Thu, 15 Jan 2026 11:00:00 GMT", 0.0),
        ("99999999999", 7 * 86_400.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_the_other_side_may_say_when_to_come_again(text, seconds):
    assert failure(503, {"retry-after": text}).retry_after == seconds


def test_a_moved_address_is_named_without_its_secrets():
    error = failure(302, {"location": "https://user:pass@new.example.org/x?token=hidden"})
    assert "https://new.example.org/x" in error.hint
    assert "hidden" not in error.hint


def test_the_log_shows_no_query():
    context = answering(HttpAnswer(500, {}, b"it broke"))
    with pytest.raises(NodeError):
        sent(context=context)
    assert "POST https://api.example.org/v1/servers answered 500." in context.log.text
    assert "it broke" in context.log.text
    assert "hidden" not in context.log.text


@pytest.mark.parametrize(
    ("kind", "body", "value"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("application/problem+json; charset=utf-8", b"[1]", [1]),
        ("application/json", b"5", 5),
        ("text/plain", b"5", "5"),
        ("", b'{"a": 1}', {"a": 1}),
        ("text/html", b"<p>hi</p>", "<p>hi</p>"),
        ("text/plain", b"[not json", "[not json"),
        ("text/plain", b"a\x00b", "a\ufffdb"),
        ("application/json", b"  ", None),
    ],
)
def test_an_answer_is_read_by_what_it_says_it_is(kind, body, value):
    assert answer_value(HttpAnswer(200, {"content-type": kind}, body)) == value


@pytest.mark.parametrize("body", [b"{", b'{"a": 1, "a": 2}', b"[" * 100_000, b'"\\ud800"'])
def test_an_answer_that_is_no_json_though_it_says_so_fails(body):
    with pytest.raises(NodeError, match="says that it is JSON") as caught:
        answer_value(HttpAnswer(200, {"content-type": "application/json"}, body))
    assert caught.value.code == "bad_answer"


@pytest.mark.parametrize(
    "headers", [{"Host": "x"}, {"content-length": "5"}, {"A B": "x"}, {"X": "1", "x": "2"}, {"X\r\nY": "1"}]
)
def test_headers_that_cannot_be_sent_are_refused(headers):
    with pytest.raises(ValidationError):
        TypeAdapter(Headers).validate_python(headers)


@pytest.mark.parametrize("text", ["0s", "6m", "1h", "fast"])
def test_time_limits_are_bounded(text):
    with pytest.raises(ValidationError):
        TypeAdapter(Timeout).validate_python(text)


def test_a_url_without_templates_is_checked_when_it_is_drawn():
    assert url_problem("https://example.org/x") is None
    assert url_problem("https://{{ host }}/x y") is None
    assert "http://" in url_problem("ftp://example.org")[0]
    assert "user name" in url_problem("https://user:pass@example.org")[0]
