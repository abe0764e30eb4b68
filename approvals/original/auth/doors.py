"""Who sends a request to the Workflow feature's API: Basic, a session token, OAuth 1.0a or an API token of ours.

The session of the pages counts for nothing here, so that no other site can have a browser decide a task.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.api.throttling import refuse_wrong_token
from accounts.client_address import client_address
from accounts.middleware import PASSWORD_FIRST
from accounts.models import User
from accounts.services import devices, sessions, tokens
from approvals.original.auth import oauth, session_tokens
from approvals.original.auth.browsers import is_from_browser

REALM: Final = 'Basic realm="hookflow"'
Entry = tuple[User, Actor]


class Doors(BaseAuthentication):
    """The request's `auth` is the actor. `is_renewed` on Django's request: the answer carries a session token."""

    def authenticate(self, request: Request) -> Entry | None:
        """Who it is; None when nobody says.

        Raises:
            AuthenticationFailed: what was sent is not valid.
            Problem: 429 `too_many_tries`, 503 `busy`, 403 `password_change_required`.
        """
        plain = request._request
        if oauth.is_signed(plain):
            return _checked(plain, _by_signature(plain))
        if (header := request.headers.get("Authorization")) is not None:
            scheme, _, text = header.partition(" ")
            way = WAYS.get(scheme.lower())
            return _checked(plain, way(plain, text.strip()) if way else None)
        if (sent := request.headers.get(session_tokens.NAME)) is not None:
            return _checked(plain, session_tokens.find(sent))
        if (kept := plain.COOKIES.get(session_tokens.NAME)) is not None and not is_from_browser(plain):
            return _checked(plain, _by_cookie(plain, kept))
        return None

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer 401 and says how to come in."""
        return REALM


def _checked(request: HttpRequest, entry: Entry | None) -> Entry:
    if entry is not None:
        if entry[0].must_change_password:
            raise PASSWORD_FIRST
        return entry
    refusal = refuse_wrong_token(client_address(request))
    if refusal.status == 401:
        raise AuthenticationFailed("Name, password or token are not valid.", code="bad_credentials")
    raise refusal


def _by_name(request: HttpRequest, text: str) -> Entry | None:
    """Address and password; or address and an API token in the password's place, for accounts that have none."""
    name, colon, password = _decoded(text).partition(":")
    if not colon or "\0" in name:
        return None
    renew(request)
    if password.startswith("hf_"):
        found = _by_token(request, password)
        return found if found and found[0].email == name.strip().lower() else None
    address = client_address(request)
    user = sessions.check(name, password, address, is_admitted=lambda one: one.is_open)
    if user is None:
        return None
    with transaction.atomic():
        devices.remember_place(user, address)
    return user, Actor.of_user(user)


def _by_token(request: HttpRequest, text: str) -> Entry | None:
    token = tokens.find(text)
    return (token.user, tokens.actor_of_token(token)) if token else None


def _by_session_token(request: HttpRequest, text: str) -> Entry | None:
    return session_tokens.find(text)


def _by_cookie(request: HttpRequest, text: str) -> Entry | None:
    renew(request)
    return session_tokens.find(text)


def _by_signature(request: HttpRequest) -> Entry | None:
    access = oauth.access(request)
    if access is None or access.api_token is None:
        return None
    return access.api_token.user, tokens.actor_of_token(access.api_token)


def renew(request: HttpRequest) -> None:
    """Have the answer carry a session token, unless a browser gets it."""
    request.is_renewed = not is_from_browser(request)  # type: ignore[attr-defined]


def _decoded(text: str) -> str:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


WAYS: Final[dict[str, Callable[[Any, str], Entry | None]]] = {
    "basic": _by_name,
    "bearer": _by_token,
    "token": _by_session_token,
}
"""By the scheme of the `Authorization` header; signatures of OAuth are looked for before."""
