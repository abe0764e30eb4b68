"""Scopes: made, changed, removed by the platform."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.models import Scope, User
from accounts.roles import Permission
from accounts.scope import visible
from accounts.signals import reach_changed
from common.problems import conflict

FIELDS = ("name", "is_everyone", "tenants")


def listed(actor: Actor) -> QuerySet[Scope]:
    """The scopes, by name; for the platform only."""
    return visible(Scope, actor).prefetch_related("tenants")


def create(actor: Actor, values: Mapping[str, Any]) -> Scope:
    """A scope.

    Args:
        values: of `FIELDS`; `tenants` are rows.

    Raises:
        Problem: 409 `name_taken`.
    """
    actor.need(Permission.manage_platform)
    scope = Scope()
    with transaction.atomic():
        _put(scope, values)
        audit.record(actor, "created", "scope", str(scope.pk), tenant_id=None, changes=_told(scope))
    return scope


def update(actor: Actor, scope: Scope, values: Mapping[str, Any]) -> Scope:
    """Change some of `FIELDS`. Who has the scope reaches other tenants from the next request on.

    Raises:
        Problem: 409 `name_taken`.
    """
    actor.need(Permission.manage_platform)
    with transaction.atomic():
        scope = Scope.objects.select_for_update().get(pk=scope.pk)
        before = _told(scope)
        _put(scope, values)
        after = _told(scope)
        changes = {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
        if changes:
            audit.record(actor, "updated", "scope", str(scope.pk), tenant_id=None, changes=changes)
            reach_changed.send(sender=Scope, users=User.objects.filter(scope=scope), is_gone=False)
    return scope


def delete(actor: Actor, scope: Scope) -> None:
    """Remove a scope that nobody has.

    Raises:
        ProtectedError: somebody has it.
    """
    actor.need(Permission.manage_platform)
    with transaction.atomic():
        scope_id, name = scope.pk, scope.name
        scope.delete()
        audit.record(actor, "deleted", "scope", str(scope_id), tenant_id=None, changes={"name": name})


def _put(scope: Scope, values: Mapping[str, Any]) -> None:
    if unknown := set(values) - set(FIELDS):
        raise TypeError(f"These are not for services to set: {', '.join(sorted(unknown))}.")
    for field in ("name", "is_everyone"):
        if field in values:
            setattr(scope, field, values[field])
    try:
        with transaction.atomic():
            scope.save()
    except IntegrityError as error:
        raise conflict(
            "name_taken", "Another scope has this name.", hint="Give another one.", field="name"
        ) from error
    if "tenants" in values:
        scope.tenants.set(values["tenants"])


def _told(scope: Scope) -> dict[str, Any]:
    tenants = sorted(scope.tenants.values_list("pk", flat=True))
    return {"name": scope.name, "is_everyone": scope.is_everyone, "tenants": tenants}
