"""Asking for a server that is not there yet: a row without a machine, and the deploy of it."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import readable
from approvals.models import Task
from approvals.services.requesting import request_operation
from common.problems import bad_value, conflict
from inventory.models import Package, Server
from inventory.services.servers import create_server

MOST_ORDERED: Final = 20
"""So many servers of one user may be asked for and not deployed."""
FIRST_VMID: Final = 100
SIZES: Final = ("cpu", "ram", "disk")


def packages(actor: Actor) -> Any:
    """The sizes that the actor can choose from, by name."""
    return readable(Package, actor).order_by("name", "id")


def order_server(
    *, actor: Actor, values: Mapping[str, Any], options: Mapping[str, Any] | None = None
) -> Task:
    """Ask for a server of one's own. It is there, as `ordered`, from now on, and created when it is deployed.

    Args:
        values: `hostname`, `os`, and `package`, a row, or `cpu`, `ram` (MB) and `disk` (GB).
        options: those of a deploy.

    Raises:
        Problem: 400 `no_tenant`, `invalid`, 409 `too_many_ordered`, and those of `request_operation`.
    """
    actor.need(Permission.request_tasks)
    if actor.user_id is None or actor.tenant_id is None:
        raise bad_value("no_tenant", "Only people of a tenant ask for servers.", hint="Create it instead.")
    with transaction.atomic():
        ordered = Server.objects.filter(user=actor.user_id, deployment=Server.Deployment.ordered)
        if ordered.filter(deleted_at=None).count() >= MOST_ORDERED:
            raise conflict(
                "too_many_ordered",
                f"{MOST_ORDERED} of your servers wait for their deploy.",
                hint="Have them deployed or deleted first.",
            )
        server = create_server(
            actor=actor,
            user_id=actor.user_id,
            vmid=max(FIRST_VMID, (Server.objects.aggregate(most=Max("vmid"))["most"] or 0) + 1),
            deployment=Server.Deployment.ordered,
            hostname=values.get("hostname", ""),
            os=values.get("os", ""),
            **_size(values),
        )
        server.interfaces.create(number=0)
        (task,) = request_operation(
            actor=actor, servers=[server], type=Task.Type.DEPLOY, options=options or {}
        )
    return task


def _size(values: Mapping[str, Any]) -> dict[str, Any]:
    package = values.get("package")
    if package is not None:
        return {"package": package, **{name: getattr(package, name) for name in SIZES}}
    return {name: values[name] for name in SIZES if values.get(name) is not None}
