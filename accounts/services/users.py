"""Users: made, changed, removed."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.models import Scope, Tenant, User
from accounts.roles import PLATFORM_ONLY, SCOPED, TENANT_ONLY, Permission, Role
from accounts.scope import visible
from accounts.services import passwords, sessions
from accounts.services.granting import check_outranks, settle_permissions
from accounts.signals import reach_changed, user_registered, user_updated
from common.problems import bad_value, conflict, forbidden

FIELDS = ("email", "name", "role", "permissions", "tenant", "scope", "permission", "is_active")
_ENDS_SESSIONS = frozenset({"role", "tenant", "scope", "is_active"})


def listed(actor: Actor) -> QuerySet[User]:
    """The users in reach, by address."""
    return visible(User, actor).select_related("tenant", "scope").order_by("email")


def create(actor: Actor, values: Mapping[str, Any]) -> tuple[User, str | None]:
    """A user, and the one-time password if the user may sign in.

    Args:
        values: of `FIELDS`; `tenant` is a Tenant or None, left out it is the actor's own. Without a `role` it is a
            customer without a password, who signs in once one is given.

    Raises:
        Problem: 403 for a role, permission or tenant beyond the actor's, 409 for an address that is taken.
    """
    actor.need(Permission.manage_users)
    user = User(**_cleaned(actor, values), must_change_password=True)
    if "tenant" not in values:
        user.tenant_id = actor.tenant_id
    settle_permissions(user, values)
    _check_place(actor, user)
    gets_password = bool(values.get("role")) and not user.has_chosen_permissions
    password = passwords.one_time_password() if gets_password else None
    user.must_change_password = password is not None and not user.is_machine
    user.set_password(password)
    with transaction.atomic():
        _save(user)
        changes = {field: _plain(getattr(user, field)) for field in FIELDS}
        audit.record(actor, "created", "user", str(user.pk), tenant_id=user.tenant_id, changes=changes)
        user_registered.send(sender=User, user=user, actor=actor)
    return user, password


def update(actor: Actor, user: User, values: Mapping[str, Any]) -> User:
    """Change some of `FIELDS`. Role, tenant and state end the user's sessions and tokens.

    Raises:
        Problem: 403 for a user, role or tenant beyond the actor's, 409 for a taken address, the own account's
            role or state, and the last platform admin.
    """
    actor.need(Permission.manage_users)
    with transaction.atomic():
        _lock_platform_admins(user)
        user = User.objects.select_for_update(of=("self",)).select_related("tenant", "scope").get(pk=user.pk)
        check_outranks(actor, user)
        before = {field: getattr(user, field) for field in FIELDS}
        for field, value in _cleaned(actor, values).items():
            setattr(user, field, value)
        settle_permissions(user, values)
        changed = [field for field in FIELDS if getattr(user, field) != before[field]]
        if not changed:
            return user
        _check_place(actor, user)
        _check_own(actor, user, changed)
        _save(user, changed)
        if _ENDS_SESSIONS.intersection(changed):
            if before["role"] == Role.platform_admin and not user.is_staff:
                _check_not_the_last(user)
            sessions.end_all(user)
            _drop_password_of_machine(user)
        changes = {field: [_plain(before[field]), _plain(getattr(user, field))] for field in changed}
        audit.record(actor, "updated", "user", str(user.pk), tenant_id=user.tenant_id, changes=changes)
        user_updated.send(sender=User, user=user, actor=actor)
        if not {"permissions", *_ENDS_SESSIONS}.isdisjoint(changed):
            reach_changed.send(sender=User, users=User.objects.filter(pk=user.pk), is_gone=False)
    return user


def delete(actor: Actor, user: User) -> None:
    """Remove a user to whom nothing belongs.

    Raises:
        Problem: 403 or 409 as `update`.
        ProtectedError: something belongs to the user; deactivate instead.
    """
    actor.need(Permission.manage_users)
    with transaction.atomic():
        _lock_platform_admins(user)
        check_outranks(actor, user)
        _check_own(actor, user, ["is_active"])
        user_id, tenant_id = user.pk, user.tenant_id
        if user.role == Role.platform_admin:
            _check_not_the_last(user)
        reach_changed.send(sender=User, users=User.objects.filter(pk=user_id), is_gone=True)
        user.delete()
        changes = {"email": user.email, "name": user.name}
        audit.record(actor, "deleted", "user", str(user_id), tenant_id=tenant_id, changes=changes)


def reset_password(actor: Actor, user: User) -> str:
    """A one-time password for a user who forgot theirs, or has none yet.

    Raises:
        Problem: 403 for a user beyond the actor's, 409 for an integration.
    """
    actor.need(Permission.manage_users)
    check_outranks(actor, user)
    if user.has_chosen_permissions:
        raise conflict("cannot_sign_in", "An integration does not sign in.", hint="Make it an API token.")
    return passwords.reset(actor, user)


def _drop_password_of_machine(user: User) -> None:
    if user.has_chosen_permissions and user.has_usable_password():
        user.set_unusable_password()
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])


def _cleaned(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(FIELDS):
        raise TypeError(f"These are not for services to set: {', '.join(sorted(unknown))}.")
    cleaned = dict(values)
    if "email" in cleaned:
        cleaned["email"] = cleaned["email"].strip().lower()
    tenant: Tenant | None = cleaned.get("tenant")
    if "tenant" in cleaned and not actor.is_platform and (tenant is None or tenant.pk != actor.tenant_id):
        raise forbidden("other_tenant", "Users stay in your own tenant.", field="tenant")
    if cleaned.get("scope") is not None and not actor.is_platform:
        raise forbidden("scope_too_wide", "Only an admin of the platform gives scopes.", field="scope")
    if "role" in cleaned:
        cleaned["role"] = cleaned["role"] or Role.customer
    if "permissions" in cleaned:
        cleaned["permissions"] = list(cleaned["permissions"] or ())
    return cleaned


def _check_place(actor: Actor, user: User) -> None:
    role = user.as_role()
    check_outranks(actor, user)
    if role in PLATFORM_ONLY and user.tenant_id is not None:
        raise bad_value(
            "role_without_tenant", f"The role {role} is the platform's.", hint="Take the tenant out."
        )
    if role in TENANT_ONLY and user.tenant_id is None:
        raise bad_value(
            "role_with_tenant", f"The role {role} needs a tenant.", hint="Choose one.", field="tenant"
        )
    if user.scope is not None and role not in SCOPED:
        raise bad_value(
            "role_without_scope",
            f"The role {role} has no scope.",
            hint="Take the scope out, or choose the role manager or connector.",
            field="scope",
        )
    if role in SCOPED and user.tenant_id is None and user.scope is None:
        raise bad_value(
            "role_with_scope",
            f"The role {role} needs a tenant or a scope.",
            hint="Choose one.",
            field="scope",
        )


def _check_own(actor: Actor, user: User, changed: list[str]) -> None:
    if user.pk == actor.user_id and _ENDS_SESSIONS.intersection(changed):
        raise conflict(
            "own_account",
            "You cannot take away your own access.",
            hint="Another admin can.",
            field=next(field for field in changed if field in _ENDS_SESSIONS),
        )


def _lock_platform_admins(user: User) -> None:
    """Two admins who remove each other at the same moment come one after the other."""
    if user.role == Role.platform_admin:
        list(User.objects.filter(role=Role.platform_admin).order_by("pk").select_for_update())


def _check_not_the_last(admin: User) -> None:
    others = User.objects.filter(role=Role.platform_admin, is_active=True).exclude(pk=admin.pk)
    if not others.exists():
        raise conflict(
            "last_platform_admin",
            "This is the last platform admin.",
            hint="Make another platform admin first.",
        )


def _save(user: User, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError as error:
        own = User.objects.filter(email=user.email, tenant=user.tenant_id).exclude(pk=user.pk)
        if not own.exists():
            raise
        raise conflict(
            "email_taken", "This address cannot be used.", hint="Give another one.", field="email"
        ) from error


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Tenant | Scope) else value
