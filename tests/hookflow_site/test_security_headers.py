"""Every answer carries the headers, whoever gives it."""

import pytest
from django.test import Client

from hookflow_site.security_headers import SECURITY_HEADERS

NAMES = list(SECURITY_HEADERS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/readyz", "/nowhere", "/sign-in/", "/api/v1/nowhere/", "/admin/", "/static/nothing.js"]
)
def test_answer_carries_all_headers_and_an_id(client: Client, path: str) -> None:
    answer = client.get(path)
    assert [name for name in NAMES if name not in answer.headers] == []
    assert len(answer.headers["X-Request-ID"]) == 32


def test_bad_host_carries_them_too(client: Client) -> None:
    answer = client.get("/readyz", headers={"host": "evil.example"})
    assert [name for name in NAMES if name not in answer.headers] == []


def test_policy_lets_no_inline_script_and_no_eval_through() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'self'"
    assert parts["script-src"] == "'self'"
    assert parts["object-src"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy
