"""What groups, calendars and policies have in common: an owner, a name that is once an owner, and the trail."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from approvals.models import BusinessCalendar, Policy, ReviewGroup
from common.problems import bad_value, conflict

Owned = TypeVar("Owned", ReviewGroup, BusinessCalendar, Policy)
Fill = Callable[[Owned, dict[str, Any]], dict[str, Any]]
"""Takes checked values over, and gives what the trail tells beside the columns."""
TARGETS = {ReviewGroup: "review_group", BusinessCalendar: "business_calendar", Policy: "policy"}
PLAIN = ("name", "description")
MOST_OWNED = 500
"""Rows of a kind that one owner may have."""


def create(
    model: type[Owned], actor: Actor, tenant_id: int | None, values: dict[str, Any], fill: Fill[Owned]
) -> Owned:
    """A row of the actor's tenant; the platform's people name the owner.

    Raises:
        Problem: 400 `name_missing` and what `fill` raises; 403; 409 `name_taken`, `too_many`.
    """
    actor.need(Permission.manage_workflow)
    now = datetime.now(UTC)
    owner = tenant_id if actor.is_platform else actor.tenant_id
    row = model(tenant_id=owner, created_at=now, updated_at=now)
    with transaction.atomic():
        if model._default_manager.filter(tenant=owner).count() >= MOST_OWNED:
            raise conflict("too_many", f"There are {MOST_OWNED} already.", hint="Delete what nobody uses.")
        changes = _write(row, values, fill)
        audit.record(actor, "created", TARGETS[model], str(row.pk), tenant_id=owner, changes=changes)
    return row


def change(row: Owned, actor: Actor, values: dict[str, Any], fill: Fill[Owned]) -> Owned:
    """Change some of it.

    Raises:
        Problem: as `create`.
    """
    actor.need(Permission.manage_workflow)
    model = type(row)
    with transaction.atomic():
        locked = model._default_manager.select_for_update().get(pk=row.pk)
        locked.updated_at = datetime.now(UTC)
        changes = _write(locked, values, fill)
        audit.record(actor, "updated", TARGETS[model], str(row.pk), tenant_id=row.tenant_id, changes=changes)
    return locked


def delete(row: Owned, actor: Actor, *, in_use: str = "") -> None:
    """Take it away.

    Args:
        in_use: why it cannot be, if so.

    Raises:
        Problem: 403; 409 `in_use`.
    """
    actor.need(Permission.manage_workflow)
    if in_use:
        raise conflict("in_use", in_use, hint="Change what uses it first.")
    with transaction.atomic():
        changes = {"name": row.name}
        target = TARGETS[type(row)]
        audit.record(actor, "deleted", target, str(row.pk), tenant_id=row.tenant_id, changes=changes)
        row.delete()


def _write(row: Owned, values: dict[str, Any], fill: Fill[Owned]) -> Mapping[str, Any]:
    was_new = row.pk is None
    changes = take_over(row, {name: values[name] for name in PLAIN if name in values})
    if not row.name.strip():
        raise bad_value("name_missing", "It needs a name.", field="name")
    try:
        with transaction.atomic():
            if was_new:
                row.save()
            changes |= fill(row, {name: value for name, value in values.items() if name not in PLAIN})
            row.save()
    except IntegrityError as error:
        raise conflict("name_taken", "Another one has this name.", field="name") from error
    return changes


def take_over(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set the columns, and tell what changed as `[before, after]`."""
    changes = {
        name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value
    }
    for name, value in values.items():
        setattr(row, name, value)
    return changes


def policies_that_name(kind: str, pk: int, tenant_id: int | None) -> list[str]:
    """The names of the owner's policies that refer to the group, or whose business hours are the calendar's.

    A calendar of the platform may be a tenant's too: the names of those policies are not told, only that there are.
    """
    rows = Policy.objects.all() if kind == "calendar" else Policy.objects.filter(tenant=tenant_id)
    return [
        policy.name if policy.tenant_id == tenant_id else "a policy of a tenant"
        for policy in rows
        if _names(policy.document, kind, pk)
    ]


def _names(document: Mapping[str, Any], kind: str, pk: int) -> bool:
    if kind == "calendar":
        return document.get("calendar") == pk
    return any(
        reviewer == {"kind": kind, "id": pk}
        for stage in document["stages"]
        for level in stage["levels"]
        for reviewer in level["reviewers"]
    )
