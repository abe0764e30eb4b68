"""The machine of a server, where a flow's owner has its node in the table of Proxmox nodes."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from common.redact import know_here
from flows.sdk import Json, JsonObject, NodeContext, NodeError, Suspend, Wake
from flows.services.credentials import credential_store
from inventory.models import ProxmoxNode, Server
from inventory.services.machines import Machine
from inventory.services.proxmox import Fields, Proxmox

LONGEST_TASK: Final = timedelta(hours=1)
LONGEST_PAUSE: Final = 30.0


def machine_of(ctx: NodeContext, server: Server) -> Machine | None:
    """The server's machine; None when its node is not one of the flow's owner.

    Raises:
        NodeError: `unknown_credential`, `wrong_credential_type`, `machine_not_unique`, and those of `Proxmox`.
    """
    node = nodes_of(ctx.owner_id).filter(name=server.node).first() if server.node else None
    if node is None:
        return None
    _check_unique(server)
    api = api_of(ctx, node)
    place, kind = api.place(server.vmid)
    return Machine(api, place, kind, server.vmid)


def nodes_of(owner_id: int | None) -> QuerySet[ProxmoxNode]:
    """The Proxmox nodes that flows of an owner reach, by name."""
    return ProxmoxNode.objects.filter(
        Q(tenant__isnull=True) if owner_id is None else Q(tenant_id=owner_id)
    ).order_by("name")


def api_of(ctx: NodeContext, node: ProxmoxNode) -> Proxmox:
    """The API that a node's credential opens.

    Raises:
        NodeError: `unknown_credential`, `wrong_credential_type`.
    """
    return Proxmox(ctx.net, _opened(ctx, node.credential))


def _opened(ctx: NodeContext, name: str) -> Fields:
    found = credential_store().open(ctx.owner_id, name, ("proxmox",), staging=ctx.is_test)
    know_here(*found.fields.secrets())
    fields: Fields = found.fields  # type: ignore[assignment]  # the type was asked for by its name
    return fields


def _check_unique(server: Server) -> None:
    """A machine is changed for the one server that has it: whoever enters its number elsewhere gets nothing."""
    others = Server.objects.filter(vmid=server.vmid, node=server.node, deleted_at__isnull=True).exclude(
        pk=server.pk
    )
    if others.exists():
        raise NodeError(
            "machine_not_unique",
            f"Several servers have the VM ID {server.vmid} on {server.node}, so its machine was left alone.",
            hint="Correct the VM ID of the others.",
            field="server_id",
        )


def waiting(
    machine: Machine, upid: str, now: datetime, since: datetime | None = None, **more: Json
) -> Suspend:
    """Look at the task again after a while, which grows with how long it has run. `more` comes back with it.

    Raises:
        NodeError: `task_too_slow`.
    """
    return _pausing(now, since, {"upid": upid, "node": machine.node, **more})


def looking_again(now: datetime, since: datetime | None = None) -> Suspend:
    """Look after a while how things stand, where no task is known that says so.

    Raises:
        NodeError: `task_too_slow`.
    """
    return _pausing(now, since, {"again": True})


def _pausing(now: datetime, since: datetime | None, detail: JsonObject) -> Suspend:
    passed = now - since if since is not None else timedelta()
    if passed > LONGEST_TASK:
        raise NodeError(
            "task_too_slow",
            "The task in Proxmox did not end within an hour.",
            hint="Look at it in Proxmox; it was not stopped.",
        )
    pause = min(max(passed.total_seconds() / 2, 1.0), LONGEST_PAUSE)
    return Suspend("proxmox_task", until=now + timedelta(seconds=pause), on_time=None, detail=detail)


def task_ended(api: Proxmox, wake: Wake, now: datetime) -> str | Suspend:
    """How the task ended that `waiting` waits for, or the next wait for it.

    Raises:
        NodeError: `task_too_slow`.
    """
    ended = api.task(str(wake.detail["node"]), str(wake.detail["upid"]))
    return _pausing(now, wake.since, {**wake.detail}) if ended is None else ended


def check_ended(ended: str) -> None:
    """See that a task went well; warnings do not count.

    Raises:
        NodeError: `task_failed`.
    """
    if ended == "OK" or ended.startswith("WARNINGS"):
        return
    said = "".join(letter for letter in ended if letter.isprintable())[:200]
    raise NodeError(
        "task_failed",
        f"The task in Proxmox failed: {said}.",
        hint="Its log in Proxmox says more.",
        field="server_id",
    )
