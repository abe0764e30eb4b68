"""What the servers of a tenant may come to, and whether an operation stays within it."""

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models import Sum

from accounts import audit
from accounts.actors import Actor
from accounts.models import Tenant
from accounts.roles import Permission
from approvals.models import Task, TenantLimits
from common.problems import bad_value, conflict
from inventory.models import Server

SIZES: Final = ("cpu", "ram", "disk")
UNITS: Final = {"servers": "servers", "cpu": "CPU cores", "ram": "MB of memory", "disk": "GB of disk"}
LARGEST: Final = 2_000_000_000


def limits_of(tenant_id: int) -> TenantLimits:
    """The tenant's limits; without any, unsaved, when none was ever set."""
    return TenantLimits.objects.filter(tenant=tenant_id).first() or TenantLimits(tenant_id=tenant_id)


def set_limits(actor: Actor, tenant: Tenant, values: Mapping[str, int | None]) -> TenantLimits:
    """Set some of `servers`, `cpu`, `ram` (MB) and `disk` (GB); None is no limit.

    Raises:
        Problem: 403 `not_allowed`, 400 `bad_limit`.
    """
    actor.need(Permission.manage_platform)
    for name, limit in values.items():
        if name not in UNITS or (limit is not None and not 0 <= limit <= LARGEST):
            raise bad_value("bad_limit", f"A limit is a number from 0 to {LARGEST}, or empty.", field=name)
    with transaction.atomic():
        TenantLimits.objects.get_or_create(tenant=tenant)
        row = TenantLimits.objects.select_for_update().get(tenant=tenant)
        changes = {
            name: [getattr(row, name), new] for name, new in values.items() if getattr(row, name) != new
        }
        for name, (_, new) in changes.items():
            setattr(row, name, new)
        if changes:
            row.save()
            audit.record(
                actor, "updated", "tenant_limits", str(tenant.pk), tenant_id=tenant.pk, changes=changes
            )
    return row


def check_limits(task: Task, server: Server) -> None:
    """See that the tenant's servers stay within its limits when this operation and all that are open are done.

    Raises:
        Problem: 409 `quota_exceeded`.
    """
    if server.tenant_id is None:
        return
    # Held, so that two requests of the tenant at one moment are counted one after the other.
    limits = TenantLimits.objects.select_for_update().filter(tenant=server.tenant_id).first()
    if limits is None:
        return
    wanted = _more(task, server)
    bounded = {name: getattr(limits, name) for name in UNITS if getattr(limits, name) is not None}
    if not any(wanted[name] > 0 for name in bounded):
        return
    used = _used(server)
    for name, limit in bounded.items():
        count = used[name] + wanted[name]
        if wanted[name] > 0 and count > limit:
            raise conflict(
                "quota_exceeded",
                f"The tenant's servers would come to {count} {UNITS[name]}; the limit is {limit}.",
                hint="Ask for less, undeploy another server, or ask the platform for more.",
                extra={"limit": limit},
            )


def _used(server: Server) -> dict[str, int]:
    """What the tenant's servers come to, without what is asked for this one: deployed ones, and what is open."""
    rows = Server.objects.filter(tenant=server.tenant_id, deleted_at=None)
    deployed = rows.filter(deployment=Server.Deployment.deployed)
    sums = deployed.aggregate(**{f"sum_{name}": Sum(name) for name in SIZES})
    used = {"servers": deployed.count(), **{name: int(sums[f"sum_{name}"] or 0) for name in SIZES}}
    tasks = Task.objects.filter(tenant=server.tenant_id, state__in=Task.OPEN).exclude(server=server)
    for task in tasks.exclude(server=None).select_related("server"):
        assert task.server is not None  # noqa: S101  # for the type checker
        for name, amount in _more(task, task.server).items():
            used[name] += max(amount, 0)
    return used


def _more(task: Task, server: Server) -> dict[str, int]:
    """How much more there is when the operation is done; what becomes free counts once it is."""
    values = task.request.get("values", {})
    if task.type == Task.Type.DEPLOY and server.deployment != Server.Deployment.deployed:
        return {"servers": 1, **{name: int(getattr(server, name)) for name in SIZES}}
    grown = {name: int(values[name]) - int(getattr(server, name)) for name in SIZES if name in values}
    return {**dict.fromkeys(UNITS, 0), **grown}
