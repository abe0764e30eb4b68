"""No secret leaves in a text, in whatever form it travels."""

import base64
import contextvars
import gc
import html
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import secret_forms
from common.redact import (
    MASK,
    is_secret_name,
    know_here,
    log_line,
    redact_json,
    redact_text,
    secrets_known,
    shown_url,
)

CANARY = 'c4n"a/ry+ü<&>\\s3cret'


def forms(secret: str) -> dict[str, str]:
    data = secret.encode()
    return {
        "plain": secret,
        "url": quote(secret),
        "url, all": quote(secret, safe=""),
        "form": quote_plus(secret),
        "json": json.dumps(secret),
        "json, unicode": json.dumps(secret, ensure_ascii=False),
        "html": html.escape(secret),
        "repr": repr(secret),
        "hex": data.hex(),
        "HEX": data.hex().upper(),
        "base64": base64.b64encode(data).decode(),
        "basic 0": base64.b64encode(b"abc:" + data).decode(),
        "basic 1": base64.b64encode(b"user:" + data).decode(),
        "basic 2": base64.b64encode(b"users:" + data + b"!").decode(),
        "base64, url": base64.urlsafe_b64encode(b"xy" + data).decode(),
    }


@pytest.mark.parametrize("name", list(forms(CANARY)))
def test_known_secret_is_masked_in_every_form(name: str) -> None:
    text = f"before {forms(CANARY)[name]} after"
    with secrets_known(CANARY):
        masked = redact_text(text)
    assert MASK in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert "s3cret" not in masked
    assert redact_text("nothing left: " + CANARY[:5]) == "nothing left: " + CANARY[:5]


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), min_size=4, max_size=30),
    st.text(max_size=20),
)
def test_known_secret_never_survives_as_it_is(secret: str, around: str) -> None:
    with secrets_known(secret):
        masked = redact_text(f"{around}{secret}{around}")
    if secret not in around and secret not in MASK and not set(secret) & set(MASK):
        assert secret not in masked or secret in around + MASK + around


def test_lines_of_a_long_secret_are_masked_one_by_one() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----"
    with secrets_known(key):
        assert "hkiG9w0BAQEFAASC" not in redact_text("line 3 is hkiG9w0BAQEFAASC")


def test_blocks_that_overlap_do_not_forget_for_each_other() -> None:
    with secrets_known("sesame-open"):
        with secrets_known("sesame-open"):
            pass
        assert redact_text("sesame-open") == MASK
    assert redact_text("sesame-open") == "sesame-open"


def test_those_who_know_the_same_share_a_pattern_that_goes_with_the_last() -> None:
    known = frozenset(["sesame-open", "sesame-shut"])
    with secrets_known(*known):
        redact_text("sesame-open")
        pattern = secret_forms._patterns[known]
        with secrets_known("sesame-open"):
            assert redact_text("sesame-shut") == MASK
            assert secret_forms._patterns[known] is pattern
    del pattern
    gc.collect()
    assert known not in secret_forms._patterns


def test_what_one_task_knows_is_a_word_in_another() -> None:
    started, told = threading.Event(), threading.Event()

    def other() -> str:
        started.set()
        told.wait()
        return redact_text("sesame-open")

    with ThreadPoolExecutor() as pool, secrets_known():
        theirs = pool.submit(other)
        started.wait()
        know_here("sesame-open")
        told.set()
        mine = pool.submit(contextvars.copy_context().run, redact_text, "sesame-open")
        assert (theirs.result(), mine.result()) == ("sesame-open", MASK)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abc.def.ghi", "Authorization: "),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: "),
        ('{"password": "p w"}', '{"password": "'),
        ("{'api_key': 'abcdef'}", "{'api_key': '"),
        ("token=abc&x=1", "token="),
        ("db_password=hunter2 and on", "db_password="),
        ("Cookie: sessionid=abc; csrftoken=def", "Cookie: "),
        ("Set-Cookie: a=b; Path=/", "Set-Cookie: "),
        ("https://user:pass@host/x", "https://"),
        ("made hf_ab12cd_0123456789abcdef today", "made "),
        ("client-secret : zzz", "client-secret : "),
    ],
)
def test_value_beside_a_telling_name_is_masked(text: str, kept: str) -> None:
    masked = redact_text(text)
    assert masked.startswith(kept + MASK)
    for secret in ("abc", "p w", "hunter2", "def", "pass@", "0123456789", "zzz", "dXNl"):
        assert secret not in masked.removeprefix(kept)


@pytest.mark.parametrize(
    "text",
    ["https://example.org/a@b?x=1", "The token has expired.", "pass 3 of 5", "keys: a, b", "a@b.de wrote"],
)
def test_harmless_text_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "Password",
        "user_password",
        "accessToken",
        "X-Api-Key",
        "confirmationToken",
        "client_secret",
    ],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["name", "max_tokens", "secretary", "passage", "keyboard", "token_count", "has_secrets"]
)
def test_other_names_are_not(name: str) -> None:
    assert not is_secret_name(name)


def test_json_is_masked_at_any_depth_and_not_changed_in_place() -> None:
    value = {
        "a": [{"password": "x", "note": "sesame-open"}],
        "token": {"k": 1},
        "secret": "",
        "pin": 3,
        "auth_token": True,
    }
    with secrets_known("sesame-open"):
        masked = redact_json(value)
    assert masked == {
        "a": [{"password": MASK, "note": MASK}],
        "token": MASK,
        "secret": "",
        "pin": 3,
        "auth_token": True,
    }
    assert value["secret"] == ""
    assert value["a"][0]["password"] == "x"  # type: ignore[index]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@h/x?y#z", "https://h/x"),
        ("https://api.example.org/v1/servers/17?key=hidden", "https://api.example.org/v1/servers/17"),
        (
            "https://hooks.example.org/services/T0001/B0002/aBcDeFgHiJkLmNoPqRsTuVwX",
            f"https://hooks.example.org/services/T0001/B0002/{MASK}",
        ),
        ("https://chat.example.org/bot123456:AAF-x_yz/send", f"https://chat.example.org/{MASK}/send"),
        ("/moved/here", "/moved/here"),
        ("http://[", "(an address that cannot be read)"),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_log_line_is_one_safe_line() -> None:
    line = log_line("\x1b[31mred\x1b[0m \x1b]0;title\x07a\nb\r\x00\u202eevil\u2028 tab\t\x9b")
    assert line == "red a\\nb\\r\\x00\\u202eevil\\u2028 tab\t\\x9b"
    assert log_line("x" * 100, 10) == "x" * 10 + "… (cut)"
    assert "\ud800" not in log_line("a\ud800b password=x")


@given(st.text(max_size=300))
def test_any_text_makes_a_line_that_can_be_stored(text: str) -> None:
    line = log_line(text, 100)
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) <= 110
    line.encode()


def test_plain_line_is_cheap() -> None:
    text = "Sent POST to https://example.org/hook, answered 200 in 12 ms; the record has 14 fields."
    best = min(_seconds(text) for _ in range(20))
    assert best < 5e-6, f"{best * 1e6:.1f} µs"


def _seconds(text: str) -> float:
    began = time.thread_time()
    for _ in range(200):
        log_line(text)
    return (time.thread_time() - began) / 200
