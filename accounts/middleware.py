"""Requests that are refused before any view sees them."""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.api.errors import answer
from accounts.models import User
from common.problems import Problem

Answer = Callable[[HttpRequest], HttpResponse]


class MustChangePasswordMiddleware:
    """Someone with a one-time password reaches the page that changes it, and nothing else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, or to the password page."""
        user = request.user
        if not isinstance(user, User) or not user.must_change_password or _is_open(request.path):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            problem = Problem(
                403,
                "password_change_required",
                "The one-time password must be changed first.",
                hint="Open the site in the browser and choose a password.",
            )
            return answer(problem, request)
        return redirect("accounts:password")


class RefuseOddRequestsMiddleware:
    """Stops what nobody means and what breaks in the depths: NUL in an address, and other charsets than UTF-8."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, or 400, or 415."""
        if (request.encoding or "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
            hint = "Leave the charset out of Content-Type."
            return answer(Problem(415, "bad_charset", "Requests are read as UTF-8 only.", hint=hint), request)
        if b"\x00" in unquote_to_bytes(request.META.get("QUERY_STRING", "")) or "\x00" in request.path:
            return answer(
                Problem(400, "bad_request", "The address holds a NUL.", hint="Take it out."), request
            )
        return self.get_response(request)


class HiddenOriginMiddleware:
    """Puts back the origin that the browser left out of a form of ours.

    With `Referrer-Policy: no-referrer` browsers send `Origin: null` with every form, and Django's check of CSRF refuses
    that. `Sec-Fetch-Site` says the same truth, and no page can set it. The CSRF token is asked for all the same.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, with the origin if it is ours."""
        is_ours = request.META.get("HTTP_SEC_FETCH_SITE") == "same-origin"
        if is_ours and request.META.get("HTTP_ORIGIN") == "null":
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        return self.get_response(request)


def _is_open(path: str) -> bool:
    if path.startswith(settings.STATIC_URL):
        return True
    return path in (reverse("accounts:password"), reverse("accounts:sign-out"), reverse("accounts:sign-in"))
