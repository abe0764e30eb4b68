"""Signing in, and the end of what a sign-in gave."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from accounts.services import attempts, tokens
from accounts.signals import user_signed_in

BACKEND = "accounts.backends.SessionBackend"


def check(email: str, password: str, address: str) -> User | None:
    """The user with that password, or None, after the same work for known and unknown accounts.

    Raises:
        Problem: 429 on the eleventh try in a minute for the account or from the address.
    """
    email = email.strip().lower()
    tried = attempts.begin("sign_in", [f"account {email}", f"address {address}"])
    decoy = _decoy()
    user = User.objects.select_related("tenant").filter(email=email).first()
    is_open = user is not None and user.can_sign_in and user.has_usable_password()
    is_right = check_password(password, user.password if user and is_open else decoy)
    if user is None or not is_open or not is_right:
        return None
    tried.succeeded()
    return user


def begin(request: HttpRequest, user: User) -> None:
    """Start the session and tell `user_signed_in`, in one transaction."""
    with transaction.atomic():
        login(request, user, backend=BACKEND)
        actor = Actor.of_user(user)
        audit.record(actor, "signed_in", "user", str(user.pk), tenant_id=user.tenant_id)
        user_signed_in.send(sender=User, user=user, actor=actor)


def end_all(user: User) -> int:
    """End the user's tokens, in the caller's transaction; how many that were.

    Sessions and sockets need nothing: each holds a hash of password, role, tenant and state, which changed.
    """
    return tokens.revoke_all_of(user)


def actor_of_session(scope: Mapping[str, Any]) -> Actor | None:
    """The actor of a websocket's session as it is now, read anew; None once it has ended.

    Args:
        scope: the connection's ASGI scope with the `session` that Channels put there.
    """
    key = getattr(scope.get("session"), "session_key", None)
    data = SessionStore(key).load() if key else {}
    if SESSION_KEY not in data:
        return None
    user = User.objects.select_related("tenant").filter(pk=data[SESSION_KEY]).first()
    if user is None or not user.can_sign_in or user.must_change_password:
        return None
    if not constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return Actor.of_user(user)


@cache
def _decoy() -> str:
    return make_password("not the password of anyone")
