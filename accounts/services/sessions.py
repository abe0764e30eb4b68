"""Signing in, and the end of what a sign-in gave."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from django.contrib.auth import login
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from accounts import audit, hashers
from accounts.actors import Actor
from accounts.client_address import client_address
from accounts.models import User
from accounts.services import attempts, devices, tokens
from accounts.signals import user_signed_in
from common.problems import Problem

BACKEND = "accounts.backends.SessionBackend"
STRANGERS = attempts.Limit(50, timedelta(minutes=10))
"""How often strangers to an account, all together, may try its password."""

LEAST_HASHES = 2
MOST = 20
_LAST_USED = (F("last_login").desc(nulls_last=True), "pk")


def _signs_in(user: User) -> bool:
    return user.can_sign_in


def check(
    email: str,
    password: str,
    address: str,
    device: str = "",
    is_admitted: Callable[[User], bool] = _signs_in,
) -> User | None:
    """The user with that password, or None, after the same work for known and unknown accounts.

    Tries are counted by address; for an account as a whole only from devices and addresses that its owner never
    signed in from, so that strangers who try do not lock the owner out.

    Args:
        device: the cookie of `accounts.services.devices`, if the browser has one.
        is_admitted: who may come in at this door; by default those who sign in to the pages.

    Raises:
        Problem: 429 on the eleventh try in a minute from the address or device, and for strangers to an account
            that others have tried too often; 503 `busy`.
    """
    email = email.strip().lower()
    people = list(User.objects.select_related("tenant").filter(email=email).order_by(*_LAST_USED)[:MOST])
    own_names = devices.known_to(device)
    named = {user.pk: f"device {own_names[user.pk]}" for user in people if user.pk in own_names}
    at_home = devices.users_known_at(address, [user.pk for user in people])
    by_address, by_account = f"address {address}", f"account {email}"
    limits = {by_address: attempts.A_MINUTE, by_account: STRANGERS}
    tried = attempts.count("sign_in", {**limits, **dict.fromkeys(named.values(), attempts.A_MINUTE)})

    def is_let_in(user: User | None) -> bool:
        if user is not None and user.pk in named and named[user.pk] not in tried.over:
            return True
        is_stranger = user is None or user.pk not in at_home
        return by_address not in tried.over and not (is_stranger and by_account in tried.over)

    tried_ones = [user for user in people if is_let_in(user)]
    if not tried_ones and (people or not is_let_in(None)):
        raise tried.refused()
    try:
        with hashers.turn():
            found = _with_password(tried_ones, password, is_admitted)
    except Problem:
        tried.succeeded()  # nothing was tried: too many others are at it
        raise
    if found is not None:
        tried.succeeded()
    return found


def _with_password(people: list[User], password: str, is_admitted: Callable[[User], bool]) -> User | None:
    """The first whose password it is. Nobody learns from the time whether one, or two, have the address."""
    decoys = [_decoy()] * max(0, LEAST_HASHES - len(people))
    for user in people:
        is_open = is_admitted(user) and user.has_usable_password()
        if check_password(password, user.password if is_open else _decoy()) and is_open:
            return user
    for decoy in decoys:
        check_password(password, decoy)
    return None


def begin(request: HttpRequest, user: User) -> None:
    """Start the session and tell `user_signed_in`, in one transaction."""
    with transaction.atomic():
        devices.remember_place(user, client_address(request))
        login(request, user, backend=BACKEND)
        actor = Actor.of_user(user)
        audit.record(actor, "signed_in", "user", str(user.pk), tenant_id=user.tenant_id)
        user_signed_in.send(sender=User, user=user, actor=actor)


def end_all(user: User) -> int:
    """End the user's tokens, in the caller's transaction; how many that were.

    Sessions and sockets need nothing: each holds a hash of password, role, tenant and state, which changed.
    """
    return tokens.revoke_all_of(user)


@cache
def _decoy() -> str:
    return make_password("not the password of anyone")
