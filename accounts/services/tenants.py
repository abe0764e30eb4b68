"""Tenants: made, changed, removed by the platform."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.text import slugify

from accounts import audit
from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import MACHINES, OWN_ROWS_ONLY, Permission
from accounts.scope import visible
from accounts.services.mail_senders import mail_senders
from accounts.services.zones import checked_zone
from accounts.signals import reach_changed
from common.problems import conflict

FIELDS = ("name", "slug", "is_active", "mail_senders", "zone")


def listed(actor: Actor) -> QuerySet[Tenant]:
    """The tenants in reach, by name."""
    return visible(Tenant, actor)


def in_reach(actor: Actor, ids: Collection[int]) -> list[Tenant]:
    return list(listed(actor).filter(id__in=ids))


def active(actor: Actor) -> QuerySet[Tenant]:
    """Those whose people may use the platform now."""
    return listed(actor).filter(is_active=True)


def known(ids: Collection[int | None]) -> set[int]:
    """Of these ids, those of tenants."""
    wanted = [one for one in ids if one is not None]
    return set(Tenant.objects.filter(id__in=wanted).values_list("id", flat=True))


def with_people(actor: Actor) -> QuerySet[Tenant]:
    """The same, each with how many `people` sign in for it."""
    people = Count("users", filter=~Q(users__role__in=[*OWN_ROWS_ONLY, *MACHINES]))
    return listed(actor).annotate(people=people).order_by("name")


def create(actor: Actor, values: Mapping[str, Any]) -> Tenant:
    """A tenant; without `slug` one is made from the name.

    Raises:
        Problem: 409 `name_taken`; 400 `bad_sender`, `bad_zone`.
    """
    actor.need(Permission.manage_platform)
    tenant = Tenant(**_cleaned(values))
    tenant.slug = tenant.slug or slugify(tenant.name)[:60] or "tenant"
    with transaction.atomic():
        _save(tenant)
        changes = {field: getattr(tenant, field) for field in FIELDS}
        audit.record(actor, "created", "tenant", str(tenant.pk), tenant_id=tenant.pk, changes=changes)
    return tenant


def update(actor: Actor, tenant: Tenant, values: Mapping[str, Any]) -> Tenant:
    """Change some of `FIELDS`. Without `is_active` its people and tokens are locked out at once.

    Raises:
        Problem: as `create`.
    """
    actor.need(Permission.manage_platform)
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
        before = {field: getattr(tenant, field) for field in FIELDS}
        for field, value in _cleaned(values).items():
            setattr(tenant, field, value)
        changes = {
            field: [before[field], getattr(tenant, field)]
            for field in FIELDS
            if getattr(tenant, field) != before[field]
        }
        if changes:
            _save(tenant)
            audit.record(actor, "updated", "tenant", str(tenant.pk), tenant_id=tenant.pk, changes=changes)
        if "is_active" in changes:
            reach_changed.send(sender=Tenant, users=User.objects.filter(tenant=tenant), is_gone=False)
    return tenant


def delete(actor: Actor, tenant: Tenant) -> None:
    """Remove a tenant to whom nothing belongs.

    Raises:
        ProtectedError: something does; deactivate it instead.
    """
    actor.need(Permission.manage_platform)
    with transaction.atomic():
        tenant_id = tenant.pk
        tenant.delete()
        audit.record(
            actor, "deleted", "tenant", str(tenant_id), tenant_id=tenant_id, changes={"name": tenant.name}
        )


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(FIELDS):
        raise TypeError(f"These are not for services to set: {', '.join(sorted(unknown))}.")
    cleaned = dict(values)
    if "mail_senders" in cleaned:
        cleaned["mail_senders"] = mail_senders(cleaned["mail_senders"])
    if "zone" in cleaned:
        cleaned["zone"] = checked_zone(cleaned["zone"])
    return cleaned


def _save(tenant: Tenant) -> None:
    try:
        with transaction.atomic():
            tenant.save()
    except IntegrityError as error:
        field = "name" if Tenant.objects.filter(name=tenant.name).exclude(pk=tenant.pk).exists() else "slug"
        raise conflict(
            f"{field}_taken", f"Another tenant has this {field}.", hint="Give another one.", field=field
        ) from error
