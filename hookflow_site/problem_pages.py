"""Errors of pages in the site's look."""

from collections.abc import Callable
from urllib.parse import quote

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.problems import Problem

Answer = Callable[[HttpRequest], HttpResponse]
OWN_TEMPLATES = {403: "403.html", 404: "404.html"}


class ProblemPagesMiddleware:
    """Turn a `Problem` that a page raised into a page; to HTMX, into a header whose text its script shows."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a problem; other exceptions go on to the 500 page."""
        if not isinstance(exception, Problem):
            return None
        if exception.status == 401:
            return redirect_to_login(request.get_full_path())
        template = OWN_TEMPLATES.get(exception.status, "problem.html")
        response = render(request, template, {"problem": exception}, status=exception.status)
        if getattr(request, "htmx", False):
            response.headers["X-Problem"] = quote(exception.told)
        return response
