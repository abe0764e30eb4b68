"""Errors of pages, and the content policy."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory

from common.problems import Problem
from hookflow_site.csp import ContentPolicyMiddleware
from hookflow_site.problem_pages import ProblemPagesMiddleware


def answer_to(problem: Exception, **headers: str) -> HttpResponse | None:
    request = RequestFactory().get("/somewhere/?a=1", headers=headers)
    request.user = AnonymousUser()
    request.htmx = "HX-Request" in headers
    return ProblemPagesMiddleware(lambda _: HttpResponse()).process_exception(request, problem)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 503])
def test_problems_are_pages_in_the_sites_look(status: int) -> None:
    answer = answer_to(Problem(status, "some_code", "It cannot be done.", hint="Do this."))
    assert answer is not None
    assert answer.status_code == status
    assert "hookflow" in answer.content.decode()
    if status not in (403, 404):
        assert "Do this." in answer.content.decode()


def test_strangers_are_sent_to_sign_in_and_back() -> None:
    answer = answer_to(Problem(401, "not_authenticated", "Nobody is signed in."))
    assert answer is not None
    assert answer.headers["Location"].endswith("?next=/somewhere/%3Fa%3D1")


def test_scripts_get_the_sentence_in_a_header() -> None:
    answer = answer_to(Problem(409, "c", "Läuft schon.", hint="Wait."), **{"HX-Request": "true"})
    assert answer is not None
    assert unquote(answer.headers["X-Problem"]) == "Läuft schon. Wait."


def test_other_exceptions_are_left_to_the_500_page() -> None:
    assert answer_to(ValueError("x")) is None


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context(name: str) -> None:
    page = render_to_string(name)
    assert "<h1" in page
    assert "style=" not in page


def test_nonce_is_new_for_each_answer_and_only_there_when_used() -> None:
    def using(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(request.csp_nonce))  # type: ignore[attr-defined]

    ask: Callable[[HttpRequest], HttpResponse] = ContentPolicyMiddleware(using)
    first, second = ask(RequestFactory().get("/")), ask(RequestFactory().get("/"))
    assert f"'nonce-{first.content.decode()}'" in first.headers["Content-Security-Policy"]
    assert first.content != second.content
    assert "Content-Security-Policy" not in ContentPolicyMiddleware(lambda _: HttpResponse())(
        RequestFactory().get("/")
    )
