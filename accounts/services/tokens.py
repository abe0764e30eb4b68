"""API tokens: made once, kept as a hash, checked on every request."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.models import ApiToken, User
from accounts.roles import Permission
from accounts.scope import visible
from common.clock import SystemClock
from common.problems import Problem

TOUCH_EVERY = timedelta(minutes=1)
_clock = SystemClock()


def create(
    actor: Actor, *, name: str, scopes: list[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A token of the actor's own account, and its text, which is not kept.

    Raises:
        Problem: 403 `scope_not_held` for a scope beyond what the actor may, 400 for one that does not exist.
    """
    actor.need(Permission.manage_tokens)
    _check_scopes(actor, scopes)
    now = _clock.now()
    if expires_at is not None and expires_at <= now:
        raise Problem(400, "already_expired", "The expiry is in the past.", field="expires_at")
    if actor.user_id is None:
        raise Problem(403, "not_a_person", "Only a user can have a token.")
    text, prefix = _new_text()
    with transaction.atomic():
        token = ApiToken.objects.create(
            name=name,
            prefix=prefix,
            token_hash=_hash(text),
            user_id=actor.user_id,
            tenant_id=actor.tenant_id,
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
        changes = {"name": name, "scopes": token.scopes, "expires_at": expires_at and expires_at.isoformat()}
        audit.record(actor, "created", "api_token", str(token.pk), tenant_id=token.tenant_id, changes=changes)
    return token, text


def listed(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens; all in reach for one who manages users."""
    rows = visible(ApiToken, actor).select_related("user")
    return rows if actor.may(Permission.manage_users) else rows.filter(user=actor.user_id)


def revoke(actor: Actor, token: ApiToken) -> None:
    """End the token at once. Ending it twice is no error.

    Raises:
        Problem: 403 unless it is the actor's own or the actor manages users.
    """
    if token.user_id != actor.user_id:
        actor.need(Permission.manage_users)
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=_clock.now()):
            audit.record(actor, "revoked", "api_token", str(token.pk), tenant_id=token.tenant_id)


def revoke_all_of(user: User) -> int:
    """End every token of a user, in the caller's transaction; how many that were."""
    return ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=_clock.now())


def find(text: str) -> ApiToken | None:
    """The token with that text, if it and its user are good now; its user and tenant loaded."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "hf" or not (parts[1].isascii() and parts[1].isalnum()):
        return None
    token = _alive().filter(prefix=parts[1][:16]).first()
    if token is None or not hmac.compare_digest(token.token_hash, _hash(text)):
        return None
    if not _is_good(token.user) or token.tenant_id != token.user.tenant_id:
        return None
    _touch(token)
    return token


def authenticate(token_text: str) -> Actor | None:
    """The actor of a token's text: one query, and one write a minute for `last_used_at`."""
    token = find(token_text)
    return actor_of_token(token) if token else None


def actor_of_token(token: ApiToken) -> Actor:
    """Its user, narrowed to its scopes."""
    user = token.user
    return Actor(
        user_id=user.pk,
        tenant_id=user.tenant_id,
        role=user.as_role(),
        name=user.name or user.email,
        chosen=frozenset(user.permissions),
        token_id=token.pk,
        scopes=frozenset(token.scopes),
        stamp=user.get_session_auth_hash(),
    )


def still_valid(actor: Actor) -> bool:
    """Whether a session or token that was good before still is: for sockets, which outlive the request.

    False after sign-in was taken away, a new password, role or tenant, or the token's end.
    """
    if actor.user_id is None:
        return True
    if actor.token_id is not None:
        token = _alive().filter(pk=actor.token_id).first()
        user = token.user if token else None
    else:
        user = User.objects.select_related("tenant").filter(pk=actor.user_id).first()
    if user is None or not _is_good(user):
        return False
    return hmac.compare_digest(user.get_session_auth_hash(), actor.stamp)


def _is_good(user: User) -> bool:
    return user.is_open and not user.must_change_password


def _alive() -> QuerySet[ApiToken]:
    still = Q(expires_at=None) | Q(expires_at__gt=_clock.now())
    return ApiToken.objects.select_related("user__tenant").filter(still, revoked_at=None)


def _check_scopes(actor: Actor, scopes: list[str]) -> None:
    known = {permission.value for permission in Permission}
    problem: dict[str, Any] = {"field": "scopes"}
    if not scopes:
        raise Problem(
            400, "no_scopes", "A token needs at least one scope.", hint="Choose what it may do.", **problem
        )
    for scope in scopes:
        if scope not in known:
            hint = f"There is: {', '.join(sorted(known))}."
            raise Problem(400, "unknown_scope", f"There is no scope {scope[:40]!r}.", hint=hint, **problem)
        if not actor.may(Permission(scope)):
            hint = "A token can do less than its user, never more."
            raise Problem(403, "scope_not_held", f"You may not {scope} yourself.", hint=hint, **problem)


def _new_text() -> tuple[str, str]:
    prefix = secrets.token_hex(4)
    return f"hf_{prefix}_{secrets.token_urlsafe(32)}", prefix


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _touch(token: ApiToken) -> None:
    now = _clock.now()
    if token.last_used_at is None or token.last_used_at < now - TOUCH_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
