"""Machines that are made in Proxmox from a template, and removed again.

Each function looks first and does the next step alone: called again, after a crash too, it goes on where things stand.
"""

from dataclasses import dataclass
from datetime import datetime

from flows.sdk import JsonObject, NodeError, Suspend
from inventory.models import Server
from inventory.services.machine_of import looking_again, waiting
from inventory.services.machines import Machine
from inventory.services.proxmox import Proxmox, upid_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A machine that is to be there.

    Args:
        node: where it is to run.
        mark: a sentence of its description, by which it is told from machines that others made under the same number.
        storage, pool: where its disks go, and the pool that it belongs to; empty: as Proxmox has it.
    """

    vmid: int
    node: str
    name: str
    mark: str
    storage: str = ""
    pool: str = ""


class NumberTaken(NodeError):
    """Somebody else has a machine of that number."""

    def __init__(self, vmid: int) -> None:
        super().__init__(
            "vmid_taken",
            f"Another machine has the VM ID {vmid} in Proxmox.",
            hint="Ask for the operation again: another number is taken then.",
        )


def template_at(api: Proxmox, vmid: int) -> Machine | None:
    """The template of that number; None when the token sees none.

    Raises:
        NodeError: `not_a_template`.
    """
    place = api.find(vmid)
    if place is None:
        return None
    found = Machine(api, *place, vmid)
    if str(found.config().get("template", "0")) != "1":
        raise NodeError(
            "not_a_template",
            f"The machine {vmid} in Proxmox is no template.",
            hint="Correct the VM ID of the template, or convert the machine into one.",
        )
    return found


def make(template: Machine, wanted: Wanted, now: datetime, since: datetime | None = None) -> Suspend | None:
    """Have the machine copied from the template; None once it is there.

    Raises:
        NodeError: `vmid_taken`, `task_too_slow`, and those of `Proxmox.call`.
    """
    api = template.api
    place = api.find(wanted.vmid)
    if place is None:
        return _cloning(template, wanted, now, since)
    config = Machine(api, *place, wanted.vmid).config()
    if config.get("lock"):
        return looking_again(now, since)
    if not _is_marked(config, wanted.mark):
        raise NumberTaken(wanted.vmid)
    return None


def remove(
    api: Proxmox, vmid: int, mark: str, now: datetime, since: datetime | None = None
) -> Suspend | None:
    """Stop and remove what was made; None once it is gone, or when what is there was made by others.

    Raises:
        NodeError: `task_too_slow`, and those of `Proxmox.call`.
    """
    place = api.find(vmid)
    if place is None:
        return None
    machine = Machine(api, *place, vmid)
    config = machine.config()
    if config.get("lock"):
        return looking_again(now, since)
    if not _is_marked(config, mark):
        return None
    if machine.status() == Server.Status.offline:
        upid = upid_of(api.call("delete", *machine.path, purge=1))
    else:
        upid = machine.apply("stop", {})
    return waiting(machine, upid, now, since, again=True) if upid else looking_again(now, since)


def _cloning(template: Machine, wanted: Wanted, now: datetime, since: datetime | None) -> Suspend:
    values: JsonObject = {
        "newid": wanted.vmid,
        "name" if template.kind == "qemu" else "hostname": wanted.name,
        "description": wanted.mark,
        "full": 1,  # a linked copy would hold the template's storage, and go down with it
        "target": wanted.node if wanted.node != template.node else "",
        "storage": wanted.storage,
        "pool": wanted.pool,
    }
    given = {name: value for name, value in values.items() if value != ""}
    try:
        upid = upid_of(template.api.call("post", *template.path, "clone", **given))
    except NodeError as error:
        # Refused because the number is in use by now: the next look tells by whom.
        if error.code == "proxmox_refused" and template.api.find(wanted.vmid) is not None:
            return looking_again(now, since)
        raise
    return waiting(template, upid, now, since, again=True) if upid else looking_again(now, since)


def _is_marked(config: JsonObject, mark: str) -> bool:
    return mark in str(config.get("description") or "")
