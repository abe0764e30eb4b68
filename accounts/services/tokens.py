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
from accounts.roles import MACHINES, Permission, permissions_of
from accounts.scope import visible
from accounts.services.granting import check_outranks
from common.clock import SystemClock
from common.problems import bad_value, forbidden

TOUCH_EVERY = timedelta(minutes=1)
_clock = SystemClock()


def create(
    actor: Actor,
    *,
    name: str,
    scopes: list[str],
    expires_at: datetime | None = None,
    user: User | None = None,
) -> tuple[ApiToken, str]:
    """A token of the actor's own account, or of an integration, and its text, which is not kept.

    A token that is made with a token can do no more, lasts no longer, and ends with it.

    Raises:
        Problem: 403 `scope_not_held` for a scope beyond what the actor or the integration may, 400 for one that
            does not exist, for an expiry that is past or beyond the actor's own, and for another person's account.
    """
    actor.need(Permission.manage_tokens)
    owner = _owner(actor, user)
    _check_scopes(actor, owner, scopes)
    if expires_at is not None and expires_at <= _clock.now():
        raise bad_value("already_expired", "The expiry is in the past.", field="expires_at")
    text, prefix = _new_text()
    with transaction.atomic():
        parent = _parent(actor)
        expires_at = _within(parent, expires_at)
        token = ApiToken.objects.create(
            name=name,
            prefix=prefix,
            token_hash=_hash(text),
            user=owner,
            tenant_id=owner.tenant_id,
            parent=parent,
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
        changes = {
            "name": name,
            "user": owner.pk,
            "scopes": token.scopes,
            "expires_at": expires_at and expires_at.isoformat(),
            **({"parent": parent.pk} if parent else {}),
        }
        audit.record(actor, "created", "api_token", str(token.pk), tenant_id=token.tenant_id, changes=changes)
    return token, text


def listed(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens; all in reach for one who manages users."""
    rows = visible(ApiToken, actor).select_related("user").order_by("-id")
    return rows if actor.may(Permission.manage_users) else rows.filter(user=actor.user_id)


def machines(actor: Actor) -> QuerySet[User]:
    """The integrations and connectors in reach."""
    return visible(User, actor).filter(role__in=MACHINES)


def revoke(actor: Actor, token: ApiToken) -> None:
    """End the token, and all that were made with it, at once. Ending it twice is no error.

    Raises:
        Problem: 403 unless it is the actor's own or the actor manages users.
    """
    if token.user_id != actor.user_id:
        actor.need(Permission.manage_users)
    with transaction.atomic():
        list(ApiToken.objects.select_for_update().filter(pk=token.pk).values_list("pk"))
        if ended := _revoke_tree([token.pk]):
            changes = {"tokens_ended": ended}
            audit.record(
                actor, "revoked", "api_token", str(token.pk), tenant_id=token.tenant_id, changes=changes
            )


def revoke_all_of(user: User) -> int:
    """End every token of a user and all that were made with them, in the caller's transaction; how many."""
    own = ApiToken.objects.select_for_update().filter(user=user)
    return _revoke_tree(list(own.values_list("pk", flat=True)))


def _revoke_tree(roots: list[int]) -> int:
    ended, layer = set(roots), roots
    while layer:
        children = ApiToken.objects.select_for_update().filter(parent__in=layer)
        layer = [pk for pk in children.values_list("pk", flat=True) if pk not in ended]
        ended.update(layer)
    return ApiToken.objects.filter(pk__in=ended, revoked_at=None).update(revoked_at=_clock.now())


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
        scope=user.scoped_tenants(),
        stamp=user.get_session_auth_hash(),
    )


def still_valid(actor: Actor) -> bool:
    """Whether a session or token that was good before still is: for sockets, which outlive the request.

    False after sign-in was taken away, a new password, role, tenant or scope, or the token's end.
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
    is_same = hmac.compare_digest(user.get_session_auth_hash(), actor.stamp)
    return is_same and user.scoped_tenants() == actor.scope


def _is_good(user: User) -> bool:
    return user.is_open and not user.must_change_password


def _alive() -> QuerySet[ApiToken]:
    still = Q(expires_at=None) | Q(expires_at__gt=_clock.now())
    return ApiToken.objects.select_related("user__tenant").filter(still, revoked_at=None)


def _owner(actor: Actor, user: User | None) -> User:
    """Whose token it becomes: the actor's own, or an integration's that the actor manages."""
    if actor.user_id is None:
        raise forbidden("not_a_person", "Only a user can have a token.")
    if user is None or user.pk == actor.user_id:
        return User.objects.get(pk=actor.user_id)
    actor.need(Permission.manage_users)
    if not visible(User, actor).filter(pk=user.pk).exists() or not user.is_machine:
        raise bad_value(
            "not_an_integration",
            "A token is for oneself or for an integration.",
            hint="Leave the user out, or name an integration.",
            field="user",
        )
    check_outranks(actor, user)
    return user


def _parent(actor: Actor) -> ApiToken | None:
    """The token that makes the token, held so that it is not revoked meanwhile."""
    if actor.token_id is None:
        return None
    parent = ApiToken.objects.select_for_update().filter(pk=actor.token_id, revoked_at=None).first()
    if parent is None:
        raise forbidden("token_ended", "The token that you use has ended.", hint="Use another one.")
    return parent


def _within(parent: ApiToken | None, expires_at: datetime | None) -> datetime | None:
    """The expiry, which the parent's bounds."""
    if parent is None or parent.expires_at is None:
        return expires_at
    if expires_at is not None and expires_at > parent.expires_at:
        raise bad_value(
            "expires_too_late",
            "A token cannot outlive the token that it is made with.",
            hint=f"Choose {parent.expires_at:%Y-%m-%d %H:%M} UTC or earlier, or leave it out.",
            field="expires_at",
        )
    return expires_at or parent.expires_at


def _check_scopes(actor: Actor, owner: User, scopes: list[str]) -> None:
    known = {permission.value for permission in Permission}
    held = permissions_of(owner.as_role(), owner.permissions)
    problem: dict[str, Any] = {"field": "scopes"}
    if not scopes:
        raise bad_value(
            "no_scopes", "A token needs at least one scope.", hint="Choose what it may do.", **problem
        )
    for scope in scopes:
        if scope not in known:
            hint = f"There is: {', '.join(sorted(known))}."
            raise bad_value("unknown_scope", f"There is no scope {scope[:40]!r}.", hint=hint, **problem)
        if not actor.may(Permission(scope)):
            hint = "A token can do less than its user, never more."
            raise forbidden("scope_not_held", f"You may not {scope} yourself.", hint=hint, **problem)
        if owner.is_machine and Permission(scope) not in held:
            hint = "Give the integration the permission first."
            raise forbidden("scope_not_held", f"{owner.name} may not {scope}.", hint=hint, **problem)


def _new_text() -> tuple[str, str]:
    prefix = secrets.token_hex(4)
    return f"hf_{prefix}_{secrets.token_urlsafe(32)}", prefix


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _touch(token: ApiToken) -> None:
    now = _clock.now()
    if token.last_used_at is None or token.last_used_at < now - TOUCH_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def give(user: User, *, name: str, scopes: list[str], expires_at: datetime) -> tuple[ApiToken, str]:
    """A token that the program itself hands out, and its text; in the caller's transaction."""
    text, prefix = _new_text()
    token = ApiToken.objects.create(
        name=name,
        prefix=prefix,
        token_hash=_hash(text),
        user=user,
        tenant_id=user.tenant_id,
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    return token, text


def give_without_text(user: User, *, name: str, scopes: list[str], expires_at: datetime) -> ApiToken:
    """A token whose text nobody knows, for what stands for it in another protocol; in the caller's transaction."""
    return give(user, name=name, scopes=scopes, expires_at=expires_at)[0]
