"""What the ids of a path name, as far as the actor can reach it.

A tenant is an enterprise, its one virtual datacenter and its one virtual appliance: all three have the tenant's id.
In each place the tenant's slug names it, too. What does not fit together is not there.
"""

from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.models import Tenant, User
from accounts.roles import Permission
from accounts.scope import owned, visible
from approvals.models import Task
from approvals.original.links import PLATFORM
from approvals.services import reading
from common.ids import row_id, uuid_from
from common.problems import not_found
from inventory.models import Server

ALL: Final = "_"
"""In the place of an enterprise's id: all in reach."""


def tenant_of(actor: Actor, text: str) -> Tenant:
    """The tenant that is an enterprise, virtual datacenter or appliance.

    Raises:
        Problem: 404 `not_found`.
    """
    rows = visible(Tenant, actor)
    if actor.tenant_id is not None:
        rows = rows | Tenant.objects.filter(pk=actor.tenant_id)
    found = rows.filter(_named(text)).first()
    if found is None:
        raise not_found("There is no such enterprise.")
    return found


def appliance_of(actor: Actor, datacenter: str, appliance: str) -> Tenant:
    """The tenant whose virtual datacenter and appliance both are.

    Raises:
        Problem: 404 `not_found`.
    """
    tenant = tenant_of(actor, datacenter)
    if tenant_of(actor, appliance).pk != tenant.pk:
        raise not_found("There is no such virtual appliance.")
    return tenant


def enterprise_of(actor: Actor, text: str) -> Tenant | None:
    """The same; None for the platform, which those of the platform can reach.

    Raises:
        Problem: 404 `not_found`.
    """
    if text == str(PLATFORM) and actor.tenant_id is None:
        return None
    return tenant_of(actor, text)


def machines_of(actor: Actor, datacenter: str, appliance: str) -> QuerySet[Server]:
    """The servers of an appliance that the actor can reach.

    Raises:
        Problem: 404 `not_found`.
    """
    actor.need(Permission.view_inventory, Permission.view_own, Permission.view_tasks)
    tenant = appliance_of(actor, datacenter, appliance)
    rows = visible(Server, actor).filter(tenant=tenant, deleted_at=None)
    if not (actor.may(Permission.view_inventory) or actor.may(Permission.view_tasks)):
        rows = owned(rows, actor)
    return rows.select_related("tenant", "user__tenant").order_by("pk")


def machine_of(actor: Actor, datacenter: str, appliance: str, machine: str) -> Server:
    """The server of a path.

    Raises:
        Problem: 404 `not_found`.
    """
    found = machines_of(actor, datacenter, appliance).filter(pk=row_id(machine) or 0).first()
    if found is None:
        raise not_found("There is no such virtual machine.")
    return found


def operations(actor: Actor) -> QuerySet[Task]:
    """The tasks in reach that the original knows: those on a server; newest first, with all that a DTO needs."""
    return told(reading.tasks_in_reach(actor).filter(server__isnull=False))


def told(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """With all that a DTO needs."""
    return tasks.select_related("requester__tenant", "server").prefetch_related("jobs")


def task_id_of(actor: Actor, datacenter: str, appliance: str, machine: str, task: str) -> UUID:
    """The id of a task, when all ids before it fit.

    Raises:
        Problem: 404 `not_found`.
    """
    known = uuid_from(task)
    found = operations(actor).filter(id=known, server_id=row_id(machine) or 0).first() if known else None
    names = found and found.tenant and {str(found.tenant_id), found.tenant.slug}
    if known is None or not names or not {datacenter, appliance} <= names:
        raise not_found("There is no such task.")
    return known


def user_of(actor: Actor, enterprise: str, text: str) -> User:
    """A user of an enterprise: oneself, or for those who decide tasks anyone in reach.

    Raises:
        Problem: 404 `not_found`.
    """
    found = people(actor, enterprise).filter(pk=row_id(text) or 0).first()
    if found is None:
        raise not_found("There is no such user.")
    return found


def people(actor: Actor, enterprise: str) -> QuerySet[User]:
    """The users of an enterprise that the actor may know of.

    Raises:
        Problem: 404 `not_found`.
    """
    rows = User.objects.filter(pk=actor.user_id or 0)
    if actor.may(Permission.workflow_override) or actor.may(Permission.manage_users):
        rows = rows | visible(User, actor)
    if enterprise != ALL:
        tenant = enterprise_of(actor, enterprise)
        rows = rows.filter(tenant=tenant)
    return rows.select_related("tenant").order_by("pk")


def _named(text: str) -> Q:
    number = row_id(text)
    return Q(pk=number) if number is not None else Q(slug=text)
