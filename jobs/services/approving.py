"""Approving what jobs and flows may use: what commands and services have in common."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import Tenant
from accounts.roles import Permission
from common.problems import bad_value, conflict
from jobs.models import Command, Service

A = TypeVar("A", Command, Service)
SHARED = ("name", "description", "audience", "is_enabled")


def approve(
    row: A,
    *,
    actor: Actor,
    values: dict[str, Any],
    fields: Sequence[str],
    check: Callable[[A], None],
    tenants: Iterable[Tenant] | None,
) -> A:
    """Store a new or changed row, with the audit entry of it.

    Args:
        values: columns of `row`, all of `fields` or `SHARED`.
        check: refuses what cannot be approved.

    Raises:
        Problem: 400 with the field at fault; 403; 409 `name_taken`.
    """
    actor.need(Permission.manage_platform)
    is_new, now = row._state.adding, datetime.now(UTC)
    with transaction.atomic():
        changes = _fill(row, values, fields)
        _check_shared(row)
        check(row)
        row.created_at, row.updated_at = (now if is_new else row.created_at), now
        row.save()
        if tenants is not None:
            row.tenants.set(tenants)
            if not is_new:
                changes["tenants"] = [tenant.pk for tenant in row.tenants.all()]
        verb = "created" if is_new else "updated"
        audit.record(actor, verb, kind_of(row), str(row.pk), tenant_id=None, changes=changes)
    return row


def withdraw(row: Command | Service, *, actor: Actor, told: dict[str, Any]) -> None:
    """Take an approval back; `told` goes into the audit trail."""
    actor.need(Permission.manage_platform)
    with transaction.atomic():
        audit.record(actor, "deleted", kind_of(row), str(row.pk), tenant_id=None, changes=told)
        row.delete()


def kind_of(row: Command | Service) -> str:
    """What the audit trail calls it."""
    return "command" if isinstance(row, Command) else "service"


def _fill(row: Command | Service, values: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Take the values over, and tell what changed."""
    unknown = set(values) - {*SHARED, *fields}
    if unknown:
        raise TypeError(f"{type(row).__name__} has no {', '.join(sorted(unknown))}.")
    changes = {
        name: [_told(getattr(row, name, None)), _told(value)]
        for name, value in values.items()
        if row._state.adding or getattr(row, name) != value
    }
    for name, value in values.items():
        setattr(row, name, value)
    return changes


def _told(value: Any) -> Any:
    return value.name if isinstance(value, Command) else value


def _check_shared(row: Command | Service) -> None:
    kind = kind_of(row)
    if not row.name.strip():
        raise bad_value("name_missing", f"The {kind} needs a name.", field="name")
    if type(row)._default_manager.filter(name=row.name).exclude(pk=row.pk).exists():
        raise conflict("name_taken", f"Another {kind} has this name.", field="name")
    if row.audience not in Command.Audience.values:
        raise bad_value("bad_audience", "Choose who may use it.", field="audience")
