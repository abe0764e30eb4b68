"""Applications of OAuth 1.0a: registering them, allowing them to act, and their tokens.

Three steps, as the protocol has them: the application gets a request token, a user allows it and has a verifier, the
application changes both for an access token. Requests live ten minutes, access twelve hours.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from accounts.services import tokens
from approvals.models import Application, ApplicationToken, UsedNonce
from approvals.original.privileges import AUTHENTICATED, permissions_of
from common.crypto import hash_token, is_same, new_secret, seal
from common.problems import bad_value, conflict, forbidden, not_found

REQUEST_LIVES: Final = timedelta(minutes=10)
ACCESS_LIVES: Final = timedelta(hours=12)
NONCE_LIVES: Final = timedelta(minutes=30)
"""Longer than a timestamp is accepted before and after its time."""
MOST_A_USER: Final = 20
MOST_OPEN: Final = 100
OUT_OF_BAND: Final = "oob"
"""The callback of applications that cannot be called: their user copies the verifier."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its secret, which is told this once."""

    key: str
    secret: str


def register(
    *, actor: Actor, user: User, name: str, description: str = "", privileges: Sequence[str] = ()
) -> tuple[Application, str]:
    """A new application of the actor's own account, and its secret.

    Raises:
        Problem: 403 `not_own`; 400 `name_needed`; 409 `too_many_applications`.
    """
    need_own(actor, user)
    if not name.strip() or len(name) > 120 or len(description) > 500:
        raise bad_value("name_needed", "An application has a name of 1 to 120 characters.", field="name")
    secret = secrets.token_hex(20)
    with transaction.atomic():
        if Application.objects.filter(user=user).count() >= MOST_A_USER:
            raise conflict("too_many_applications", f"There can be {MOST_A_USER}.", hint="Delete one.")
        made = Application(
            user=user,
            name=name.strip(),
            description=description,
            privileges=sorted({AUTHENTICATED, *privileges}),
            created_at=datetime.now(UTC),
        )
        made.secret = seal(secret, made.seal_of("secret"))
        made.save()
        changes = {"name": made.name, "privileges": made.privileges}
        audit.record(actor, "created", "application", str(made.pk), tenant_id=user.tenant_id, changes=changes)
    return made, secret


def need_own(actor: Actor, user: User) -> None:
    """Stop whoever is somebody else, or has only a token, which must not make what outlives it.

    Raises:
        Problem: 403 `not_own`.
    """
    if actor.user_id != user.pk or actor.token_id is not None:
        raise forbidden("not_own", "Applications are registered for oneself, with the own password.")


def own(actor: Actor) -> QuerySet[Application]:
    """The applications that the actor registered."""
    return Application.objects.filter(user_id=actor.user_id or 0)


def delete(*, actor: Actor, application: Application) -> None:
    """Take it away, and whatever anyone allowed it."""
    with transaction.atomic():
        given = ApplicationToken.objects.filter(application=application).exclude(api_token=None)
        for token in given.select_related("api_token"):
            if token.api_token is not None:
                token.api_token.delete()
        changes = {"name": application.name}
        audit.record(
            actor,
            "deleted",
            "application",
            str(application.pk),
            tenant_id=application.user.tenant_id,
            changes=changes,
        )
        application.delete()


def application_of(api_key: UUID | None) -> Application | None:
    """The application with that key, if its user is still there."""
    if api_key is None:
        return None
    found = Application.objects.select_related("user__tenant").filter(api_key=api_key).first()
    return found if found and found.user.is_open else None


def token_of(application: Application | None, key: str, *, is_access: bool) -> ApplicationToken | None:
    """The application's token with that key, if it is good now."""
    found = (
        ApplicationToken.objects.select_related("application__user", "user", "api_token__user__tenant")
        .filter(
            key=key,
            application_id=application.pk if application else 0,
            api_token__isnull=not is_access,
            expires_at__gt=datetime.now(UTC),
        )
        .first()
    )
    if found is None or found.api_token is None:
        return found
    return found if tokens.still_valid(tokens.actor_of_token(found.api_token)) else None


def is_callback(address: str) -> bool:
    """Whether a user may be sent there: the web, or nowhere."""
    if address == OUT_OF_BAND:
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_plain = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
    return is_plain and parts.scheme in ("http", "https") and bool(parts.hostname) and len(address) <= 2000


def is_verifier(token: ApplicationToken | None, verifier: str) -> bool:
    """Whether it shows that a user allowed the request."""
    wanted = token.verifier if token else ""
    return is_same(wanted or "none", hash_token(verifier)) and bool(wanted)


def begin(application: Application, callback: str) -> Pair:
    """A request token.

    Raises:
        Problem: 409 `too_many_requests`.
    """
    now = datetime.now(UTC)
    with transaction.atomic():
        waiting = application.tokens.filter(api_token=None, expires_at__gt=now)
        if waiting.count() >= MOST_OPEN:
            raise conflict("too_many_requests", "Too many requests of this application are open.")
        return _new_token(application, now + REQUEST_LIVES, callback=callback)


def waiting_request(actor: Actor, key: str) -> ApplicationToken:
    """The request that the actor is to allow: of an application of the platform or of the own tenant.

    Raises:
        Problem: 404 `not_found`.
    """
    rows = ApplicationToken.objects.select_related("application__user__tenant")
    found = rows.filter(key=key[:40], api_token=None, user=None, expires_at__gt=datetime.now(UTC)).first()
    owner = found.application.user if found else None
    if found is None or owner is None or not owner.is_open or owner.tenant_id not in (None, actor.tenant_id):
        raise not_found(
            "There is no such request.", hint="It lives ten minutes. Let the application ask again."
        )
    return found


def allow(*, actor: Actor, key: str) -> tuple[ApplicationToken, str]:
    """Let the application act for the actor; the request and its verifier.

    Raises:
        Problem: 404 `not_found`; 403 `not_a_person`.
    """
    if actor.user_id is None or actor.token_id is not None:
        raise forbidden("not_a_person", "Only a user allows applications, with the own password.")
    verifier = new_secret(20)
    with transaction.atomic():
        request = waiting_request(actor, key)
        won = ApplicationToken.objects.filter(pk=request.pk, user=None).update(
            user_id=actor.user_id, verifier=hash_token(verifier)
        )
        if not won:
            raise not_found("There is no such request.")
        audit.record(
            actor,
            "allowed",
            "application",
            str(request.application_id),
            tenant_id=actor.tenant_id,
            changes={"privileges": request.application.privileges},
        )
    return request, verifier


def exchange(request: ApplicationToken) -> Pair | None:
    """An access token for a request that was allowed; None when another got it first."""
    user, now = request.user, datetime.now(UTC)
    if user is None or not user.is_open:
        return None
    application = request.application
    with transaction.atomic():
        if not ApplicationToken.objects.filter(pk=request.pk, api_token=None).delete()[0]:
            return None
        api_token = tokens.give_without_text(
            user,
            name=f"OAuth: {application.name}"[:120],
            scopes=permissions_of(application.privileges),
            expires_at=now + ACCESS_LIVES,
        )
        return _new_token(application, now + ACCESS_LIVES, user=user, api_token=api_token)


def _new_token(application: Application, expires_at: datetime, **values: object) -> Pair:
    pair = Pair(secrets.token_hex(20), secrets.token_hex(20))
    token = ApplicationToken(application=application, key=pair.key, expires_at=expires_at, **values)
    token.secret = seal(pair.secret, token.seal_of("secret"))
    token.save()
    return pair


def forget_old() -> None:
    """Remove tokens whose time is over, and nonces that are too old to count."""
    now = datetime.now(UTC)
    ApplicationToken.objects.filter(expires_at__lt=now).delete()
    UsedNonce.objects.filter(at__lt=now - NONCE_LIVES).delete()
