"""Machines of ordered servers: made from a template when they are deployed, removed when that fails.

What is made is written down with the task before Proxmox hears of it, so that a crash leaves nothing that nobody knows.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from django.db import transaction
from django.db.models import Q

from accounts.actors import Actor
from approvals.models import Task
from approvals.services.acting import check_acting
from approvals.services.reservations import reserved
from common.problems import conflict
from flows.sdk import NodeContext, NodeError, Suspend, Wake
from inventory.models import ProxmoxNode, Server, Template
from inventory.services import gate, new_machines
from inventory.services.machine_of import api_of, check_ended, looking_again, nodes_of, task_ended
from inventory.services.machines import Machine
from inventory.services.new_machines import NumberTaken, Wanted
from inventory.services.proxmox import Proxmox
from inventory.services.servers import update_server

MADE: Final = "made"
"""Where a task's request tells of the machine that was made for it: `{"node", "vmid", "before"}`."""
CLOUD_INIT: Final = ("ciuser", "sshkeys", "nameserver", "searchdomain")
"""What a package may say to cloud-init, by the keys of its `meta`; beside them `storage` and `pool`."""
MOST_NUMBERS: Final = 50
PATIENCE: Final = timedelta(minutes=10)
"""So long a machine that has to go is tried again while Proxmox does not answer."""
MAY_STILL_COME: Final = timedelta(seconds=15)
"""So long after a run was cut off, the machine that it was asking for may still appear."""


def owner_of(server: Server | None) -> int | None:
    """Whose flow reaches the server's machine: its tenant's, where node or template is the tenant's own."""
    if server is None:
        return None
    own = nodes_of(server.tenant_id)
    if server.node:
        return server.tenant_id if own.filter(name=server.node).exists() else None
    return server.tenant_id if template_of(server, server.tenant_id) and own.exists() else None


def template_of(server: Server, owner_id: int | None) -> Template | None:
    """What an ordered server is made from: its package's template, else the one that its operating system names.

    Only the owner's count: what a tenant enters as a template names no machine of the platform.
    """
    if server.deployment != Server.Deployment.ordered:
        return None
    rows = Template.objects.filter(tenant=owner_id, disabled=False)
    chosen = Q(packages=server.package_id) if server.package_id else Q(pk=None)
    named = Q(display_name__iexact=server.os) if server.os else Q(pk=None)
    return rows.filter(chosen).first() or rows.filter(named).first()


def is_made(task: Task) -> bool:
    """Whether the task has a machine of its own making."""
    return MADE in task.request


def api_for(ctx: NodeContext, task: Task) -> Proxmox | None:
    """The API in which the task's server has its machine; None where none is in reach."""
    name = task.server.node if task.server is not None else ""
    node = nodes_of(ctx.owner_id).filter(name=name).first() if name else None
    return api_of(ctx, node) if node is not None else None


def make(ctx: NodeContext, task: Task, since: datetime | None = None) -> Suspend | None:
    """Have the machine of an ordered server made; None once it is there, or where none is to be made.

    Raises:
        NodeError: `unknown_template`, `not_a_template`, `no_free_number`, those of `new_machines.make`.
    """
    server = task.server
    template = template_of(server, ctx.owner_id) if server is not None else None
    if server is None or template is None:
        return None
    found = _source(ctx, server, template)
    if found is None:
        return None
    source, node = found
    if not is_made(task) and server.node and source.api.find(server.vmid) is not None:
        return None  # whoever entered node and VM ID has seen to the machine
    if not is_made(task):
        _take_number(ctx, task, server, node, source.api)
    try:
        return new_machines.make(source, _wanted(ctx, task, server), ctx.clock.now(), since)
    except NumberTaken:
        _take_number(ctx, task, server, node, source.api)
        return looking_again(ctx.clock.now(), since)


def set_up(task: Task, server: Server, machine: Machine) -> str | None:
    """Give the new machine its size, its addresses and what cloud-init is to know, as `Machine.set_up`."""
    owner_id = owner_of(server)
    template = template_of(server, owner_id)
    has = {"ip": server.ip_id, "ip6": server.ip6_id, **reserved(task)}
    settings = {name: value for name, value in _meta(server, owner_id).items() if name in CLOUD_INIT}
    if template is not None and template.default_user:
        settings = {"ciuser": template.default_user, **settings}
    if "sshkeys" in settings:
        settings["sshkeys"] = quote(
            settings["sshkeys"], safe=""
        )  # as Proxmox wants it, and encoded once more on the way
    return machine.set_up(
        {"cpu": server.cpu, "ram": server.ram, "disk": server.disk},
        {name: pk for name, pk in has.items() if pk is not None},
        {**settings},
        template.default_drive if template is not None else "",
    )


def unmake(
    ctx: NodeContext, task: Task, wake: Wake | None = None, *, is_cut_off: bool = False
) -> Suspend | None:
    """Have what was made removed; None once it is gone, or cannot be: then the task still says that it is there.

    Args:
        is_cut_off: nobody waited for the answer to what was asked of Proxmox last.
    """
    since = wake.since if wake is not None else None
    is_removed = wake is not None and "upid" in wake.detail
    made, server = task.request.get(MADE), task.server
    node = nodes_of(ctx.owner_id).filter(name=made["node"]).first() if made else None
    if made is None or server is None or node is None:
        return None
    now = ctx.clock.now()
    try:
        api = api_of(ctx, node)
        if wake is not None and is_removed:
            ended = task_ended(api, wake, now)
            if isinstance(ended, Suspend):
                return ended
            check_ended(ended)
        wait = new_machines.remove(api, made["vmid"], _mark(task), now, since)
    except NodeError as error:
        if error.retryable and now - (since or now) < PATIENCE:
            return looking_again(now, since)
        ctx.log.warning(f"The machine {made['vmid']} on {made['node']} was not removed: {error.message}")
        return None
    if wait is None and is_cut_off and not is_removed and now - (since or now) < MAY_STILL_COME:
        return looking_again(now, since)
    if wait is None:
        _forget(task, server, made)
    return wait


def check_gone(task: Task) -> None:
    """See that nothing is left of what was made.

    Raises:
        Problem: 409 `machine_left`.
    """
    made = task.request.get(MADE)
    if made is not None:
        raise conflict(
            "machine_left",
            f"The machine {made['vmid']} on {made['node']} could not be removed.",
            hint="Remove it in Proxmox, or deploy the server again: it takes up what is there.",
        )


def _source(ctx: NodeContext, server: Server, template: Template) -> tuple[Machine, str] | None:
    """The template in Proxmox, and the node for the new machine; None where no Proxmox is in reach.

    The node is the one that the server names; else the template's own, where it is in the table.
    """
    nodes = nodes_of(ctx.owner_id)
    rows = list(nodes.filter(name=server.node) if server.node else nodes)
    for node in {row.credential: row for row in reversed(rows)}.values():
        source = new_machines.template_at(api_of(ctx, node), template.vmid)
        if source is not None:
            near = [row.name for row in rows if row.credential == node.credential]
            return source, source.node if source.node in near else near[0]
    if not rows:
        return None
    raise NodeError(
        "unknown_template",
        f"Proxmox has no template {template.vmid} that the token can see.",
        hint=f"Correct the VM ID of the template {template.display_name}, or give the token VM.Audit on it.",
    )


def _take_number(ctx: NodeContext, task: Task, server: Server, node: str, api: Proxmox) -> None:
    is_entered = bool(server.node) and not is_made(task)
    for number in _numbers(api, server.vmid if is_entered else None):
        if _taken(ctx, task, server, node, number):
            return
    raise NodeError(
        "no_free_number",
        "Proxmox has no free VM ID that no other server has.",
        hint="Correct the VM IDs of servers that are not there any more.",
        retryable=True,
    )


def _numbers(api: Proxmox, first: int | None) -> Iterator[int]:
    """Numbers that are free in Proxmox; `first` before all others."""
    if first is not None and api.free_number(first) is not None:
        yield first
    lowest = api.free_number()
    for number in range(lowest or 0, (lowest or 0) + MOST_NUMBERS):
        if number == lowest or api.free_number(number) is not None:
            yield number


def _taken(ctx: NodeContext, task: Task, server: Server, node: str, number: int) -> bool:
    """Write down that the server has this number there, unless another server has it."""
    with transaction.atomic(), gate.passed(server.pk):
        check_acting(task)
        nodes = list(
            ProxmoxNode.objects.select_for_update().filter(pk__in=nodes_of(ctx.owner_id)).order_by("pk")
        )
        others = Server.objects.filter(vmid=number, node__in=[row.name for row in nodes], deleted_at=None)
        if others.exclude(pk=server.pk).exists():
            return False
        before = task.request.get(MADE, {}).get("before", server.node)
        task.request[MADE] = {"node": node, "vmid": number, "before": before}
        task.save(update_fields=["request"])
        # The platform's nodes are the platform's to enter: it is the program that does it.
        task.server = update_server(server, actor=Actor.system(), node=node, vmid=number)
    return True


def _forget(task: Task, server: Server, made: Mapping[str, Any]) -> None:
    with transaction.atomic(), gate.passed(server.pk):
        task.request.pop(MADE)
        task.save(update_fields=["request"])
        task.server = update_server(server, actor=Actor.system(), node=made["before"])


def _wanted(ctx: NodeContext, task: Task, server: Server) -> Wanted:
    made, meta = task.request[MADE], _meta(server, ctx.owner_id)
    return Wanted(
        vmid=made["vmid"],
        node=made["node"],
        name=server.hostname,
        mark=_mark(task),
        storage=meta.get("storage", ""),
        pool=meta.get("pool", ""),
    )


def _mark(task: Task) -> str:
    return f"Made by hookflow for task {task.id}."


def _meta(server: Server, owner_id: int | None) -> dict[str, str]:
    """What the package says to Proxmox. A tenant's package says nothing to the platform's."""
    package = server.package
    if package is None or package.tenant_id != owner_id or not isinstance(package.meta, list):
        return {}
    lines = [line for line in package.meta if isinstance(line, dict)]
    return {str(line["key"]): str(line["value"]) for line in lines if line.get("value") and line.get("key")}
