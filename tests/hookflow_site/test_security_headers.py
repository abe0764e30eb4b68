"""Every answer carries the headers, whoever gives it."""

import pytest

from hookflow_site.asgi import application
from hookflow_site.security_headers import SECURITY_HEADERS
from tests.support.asgi import send

NAMES = {name.lower() for name in SECURITY_HEADERS}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/nowhere", "/sign-in/", "/api/v1/nowhere/", "/admin/", "/static/nothing.js"],
)
async def test_answer_carries_all_headers_and_an_id_of_its_own(path: str) -> None:
    first = await send(application, "GET", path, headers=[(b"x-request-id", b"chosen")])
    second = await send(application, "GET", path)
    assert first.headers.keys() >= NAMES
    assert len(first.headers["x-request-id"]) == 32
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


@pytest.mark.django_db(transaction=True)
async def test_problem_names_the_id_of_its_answer() -> None:
    answer = await send(application, "GET", "/api/v1/users/")
    assert answer.problem["request_id"] == answer.headers["x-request-id"]


async def test_bad_host_carries_them_too() -> None:
    answer = await send(application, "GET", "/readyz", headers=[(b"host", b"evil.example")])
    assert answer.headers.keys() >= NAMES


def test_policy_lets_no_inline_script_and_no_eval_through() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == parts["script-src"] == parts["form-action"] == "'self'"
    assert parts["object-src"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy
    assert "nonce" not in policy
