"""Who sends an API request: the owner of a token, or the person of a session.

A request with an `Authorization` header is judged by that header alone: its cookies are not looked at.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.api.throttling import refuse_wrong_token
from accounts.client_address import client_address
from accounts.models import User
from accounts.services import tokens
from common.problems import forbidden


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer hf_…`. The request's `auth` is the actor."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """The token's user and actor; None when there is no header.

        Raises:
            AuthenticationFailed: a header that is not a valid token.
            Problem: 429 `too_many_tries`, when the address sent too many of those.
        """
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _, text = header.partition(" ")
        token = tokens.find(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            refusal = refuse_wrong_token(client_address(request._request))
            if refusal.status == 401:
                raise AuthenticationFailed(refusal.message, code=refusal.code)
            raise refusal
        return token.user, tokens.actor_of_token(token)

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer 401 instead of 403."""
        return 'Bearer realm="hookflow"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages. Everything but a read needs the CSRF token. `auth` is the actor."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The signed-in user; None when nobody is."""
        user: User | AnonymousUser | None = getattr(request._request, "user", None)
        if not isinstance(user, User) or not user.can_sign_in:
            return None
        self.enforce_csrf(request)
        return user, Actor.of_user(user)

    def enforce_csrf(self, request: Request) -> None:
        """As in Django's middleware.

        Raises:
            Problem: 403 `csrf_failed`.
        """
        check = authentication.CSRFCheck(lambda _request: HttpResponse())
        check.process_request(request._request)
        if check.process_view(request._request, HttpResponse, (), {}):
            raise forbidden(
                "csrf_failed",
                "The request does not carry this session's CSRF token.",
                hint="Send the cookie csrftoken's value as X-CSRFToken, or use an API token without cookies.",
            )
