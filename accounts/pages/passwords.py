"""Changing the own password, and setting a forgotten one anew."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor, actor_of
from accounts.client_address import client_address
from accounts.middleware import open_to_forced_change
from accounts.models import User
from accounts.pages.access import problems_into
from accounts.pages.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm
from accounts.services import attempts, mail, passwords, reset_mail
from common.problems import bad_value

SENT = "If an account has this address, a mail with a link is on its way. The link is good for one hour."


@open_to_forced_change
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password. Someone who just typed the one-time password need not type it again."""
    actor = actor_of(request)
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # a session's actor is a user
    is_forced = user.must_change_password
    form = (NewPasswordForm if is_forced else ChangePasswordForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            if not is_forced:
                _check_current(user, form.cleaned_data["current"])
            passwords.change(actor, user, form.cleaned_data["new_password"])
    if request.method == "POST" and not form.errors:
        update_session_auth_hash(request, user)
        messages.success(request, "The password is changed. API tokens and other sessions have ended.")
        return redirect("/")
    template = "accounts/password_forced.html" if is_forced else "accounts/password.html"
    return render(request, template, {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; there is no such page without a mail server."""
    _need_mail()
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].lower()
        with problems_into(form):
            attempts.begin("reset", [f"address {client_address(request)}"])
        if not form.errors:
            reset_mail.send(email)
            messages.success(request, SENT)
            return redirect("accounts:sign-in")
        return render(request, "accounts/forgotten.html", {"form": form}, status=429)
    return render(request, "accounts/forgotten.html", {"form": form})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_anew(request: HttpRequest, user_id: int, token: str) -> HttpResponse:
    """The page behind the link. Opening it changes nothing: mail scanners follow links."""
    _need_mail()
    user = reset_mail.user_of(user_id, token)
    if user is None:
        return render(request, "accounts/link_ended.html", status=404)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            passwords.change(Actor.of_user(user), user, form.cleaned_data["new_password"])
        if not form.errors:
            messages.success(request, "The password is changed. Sign in with it.")
            return redirect("accounts:sign-in")
    return render(request, "accounts/set_anew.html", {"form": form})


def _check_current(user: User, given: str) -> None:
    tried = attempts.begin("change_password", [f"account {user.pk}"])
    if not user.check_password(given):
        raise bad_value("wrong_password", "This is not your present password.", field="current")
    tried.succeeded()


def _need_mail() -> None:
    if not mail.status().is_ready:
        raise Http404
