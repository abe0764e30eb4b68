"""Devices and addresses from which an account was signed in to before.

Whoever tries passwords from elsewhere is slowed down for the account as a whole; a device or an address that is
known to be its owner's is not (the scheme that OWASP calls device cookies). What is known says nothing about who
sits there: the password is asked for all the same.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.core import signing
from django.utils.crypto import salted_hmac

from accounts.models import KnownPlace, User
from common.clock import SystemClock

COOKIE = "hookflow_device"
KEEP = timedelta(days=180)
MOST_ACCOUNTS = 5
MOST_PLACES = 10
_SALT = "accounts.device"
_clock = SystemClock()


def known_to(cookie: str) -> dict[int, str]:
    """The accounts that a device's cookie names, each with the secret name that the device has for it."""
    try:
        found = signing.loads(cookie, salt=_SALT, max_age=KEEP) if cookie else []
        return {int(user_id): str(name) for user_id, name in found}
    except (signing.BadSignature, ValueError, TypeError):
        return {}


def remembering(cookie: str, user: User) -> str:
    """The cookie with one account more; the one that was added first goes when there are too many."""
    known = {user_id: name for user_id, name in known_to(cookie).items() if user_id != user.pk}
    newest = [*known.items(), (user.pk, secrets.token_urlsafe(12))][-MOST_ACCOUNTS:]
    return signing.dumps(newest, salt=_SALT)


def users_known_at(address: str, user_ids: Iterable[int]) -> set[int]:
    """Those of the users who signed in from the address before. One query, whoever they are."""
    hashes = [_hash(user_id, address) for user_id in user_ids]
    return set(KnownPlace.objects.filter(place__in=hashes or [""]).values_list("user_id", flat=True))


def remember_place(user: User, address: str) -> None:
    """Keep the address as one of the user's last ones, as a hash."""
    KnownPlace.objects.update_or_create(
        user=user, place=_hash(user.pk, address), defaults={"seen_at": _clock.now()}
    )
    kept = user.known_places.order_by("-seen_at", "-pk").values_list("pk", flat=True)
    if older := list(kept[MOST_PLACES : MOST_PLACES + 50]):
        KnownPlace.objects.filter(pk__in=older).delete()


def _hash(user_id: int, address: str) -> str:
    return salted_hmac("accounts.place", f"{user_id} {address}", algorithm="sha256").hexdigest()
