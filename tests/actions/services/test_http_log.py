"""What goes over HTTP, in the log of a run."""

from actions.services.http_log import MOST_CHARACTERS, log_message
from common.redact import MASK
from flows.sdk.testing import FakeContext


def lines(headers, body, hidden=()):
    context = FakeContext()
    log_message(context, "Sent", headers, body, hidden)
    return [text for _, text in context.log.lines]


def test_headers_and_body_are_shown():
    assert lines({"X-Source": "hookflow"}, b"hello") == ["Sent header X-Source: hookflow", "Sent body: hello"]


def test_headers_that_sign_in_are_masked_by_name_and_by_what_made_them():
    shown = lines({"Authorization": "Bearer canary", "X-Odd": "canary"}, None, {"x-odd"})
    assert shown == [f"Sent header Authorization: {MASK}", f"Sent header X-Odd: {MASK}"]


def test_members_of_json_are_masked_by_their_name():
    [line] = lines({}, b'{"user": "anna", "inner": {"password": "canary"}}')
    assert "canary" not in line
    assert "anna" in line


def test_words_of_a_form_are_masked_by_their_name():
    [line] = lines({}, b"user=anna&password=canary&x=1")
    assert "canary" not in line


def test_a_long_body_is_cut_and_its_length_told():
    [line] = lines({}, b"x" * 100_000)
    assert len(line) < MOST_CHARACTERS + 100
    assert line.endswith("(100000 characters)")
