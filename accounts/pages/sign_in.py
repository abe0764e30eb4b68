"""Signing in and out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.actors import actor_of
from accounts.client_address import client_address
from accounts.middleware import open_to_forced_change
from accounts.models import User
from accounts.pages.forms import SignInForm
from accounts.pages.redirects import safe_next
from accounts.services import devices, mail, sessions
from common.problems import Problem

WRONG = "Email and password do not fit together, or the account is not active."


@open_to_forced_change
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and its answer. The same words and time for every account that cannot sign in."""
    wanted = safe_next(request.POST.get("next") or request.GET.get("next"))
    if request.user.is_authenticated and request.method != "POST":
        return redirect(wanted)
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            user = sessions.check(
                form.cleaned_data["email"],
                form.cleaned_data["password"],
                client_address(request),
                request.COOKIES.get(devices.COOKIE, ""),
            )
        except Problem as problem:
            form.add_error(None, problem.told)
            status = problem.status
        else:
            if user is not None:
                sessions.begin(request, user)
                return _remembered(request, user, redirect(wanted))
            form.add_error(None, WRONG)
    context = {"form": form, "next": wanted, "has_reset": mail.status().is_ready}
    response = render(request, "accounts/sign_in.html", context, status=status)
    if status == 429:
        response["Retry-After"] = "60"
    return response


@open_to_forced_change
def _remembered(request: HttpRequest, user: User, answer: HttpResponse) -> HttpResponse:
    """The answer with the cookie by which this browser is known again; it opens nothing."""
    cookie = devices.remembering(request.COOKIES.get(devices.COOKIE, ""), user)
    answer.set_cookie(
        devices.COOKIE,
        cookie,
        max_age=devices.KEEP,
        path=reverse("accounts:sign-in"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    user = request.user
    if isinstance(user, User):
        actor = actor_of(request)
        audit.record(actor, "signed_out", "user", str(user.pk), tenant_id=user.tenant_id)
    logout(request)
    messages.success(request, "You are signed out.")
    return redirect("accounts:sign-in")
