"""Requests that are refused before any view sees them."""

from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.api.errors import answer, wants_document
from accounts.models import User
from common.problems import bad_value, forbidden

Answer = Callable[[HttpRequest], HttpResponse]


V = TypeVar("V", bound=Callable[..., Any])


PASSWORD_FIRST: Final = forbidden(
    "password_change_required",
    "The one-time password must be changed first.",
    hint="Open the site in the browser and choose a password.",
)


def open_to_forced_change(view: V) -> V:
    """Decorate the few views that someone with a one-time password reaches."""
    view.is_open_to_forced_change = True  # type: ignore[attr-defined]
    return view


class MustChangePasswordMiddleware:
    """Someone with a one-time password reaches the page that changes it, and nothing else.

    It looks at the view that was found, not at the address: what a view is nobody outside can say.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; `process_view` decides about every view, so what is left are addresses that have none."""
        response = self.get_response(request)
        is_nowhere = request.resolver_match is None and _must_change(request)
        return _to_password(request) if is_nowhere else response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """None to go on, or the way to the password page."""
        if getattr(view, "is_open_to_forced_change", False) or not _must_change(request):
            return None
        return _to_password(request)


def _must_change(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return isinstance(user, User) and user.must_change_password


def _to_password(request: HttpRequest) -> HttpResponse:
    return answer(PASSWORD_FIRST, request) if wants_document(request) else redirect("accounts:password")


class RefuseNulMiddleware:
    """Stops a NUL in an address: nobody means it, and it breaks in the depths."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, or 400."""
        if b"\x00" in unquote_to_bytes(request.META.get("QUERY_STRING", "")) or "\x00" in request.path:
            return answer(bad_value("bad_request", "The address holds a NUL.", hint="Take it out."), request)
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
