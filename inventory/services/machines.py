"""What a change of a server means for its machine in Proxmox VE: its config is read and merged, never rewritten."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flows.sdk import Json, JsonObject, NodeError
from inventory.models import IPv4Address, IPv6Address, Server
from inventory.services.proxmox import Proxmox, config_of, upid_of

NETWORK: Final = "net"
STATES: Final[Mapping[str, str]] = {
    "running": Server.Status.online,
    "stopped": Server.Status.offline,
    "paused": Server.Status.suspended,
    "suspended": Server.Status.suspended,
}


@dataclass(frozen=True, slots=True)
class Machine:
    """A virtual machine or container, where it is now."""

    api: Proxmox
    node: str
    kind: str
    vmid: int

    @property
    def path(self) -> tuple[str, ...]:
        """Where its calls go."""
        return ("nodes", self.node, self.kind, str(self.vmid))

    def apply(self, action: str, done: Mapping[str, Any]) -> str | None:
        """Make the change whose effect on our tables is `done`; gives the task that does it, if one does.

        Raises:
            NodeError: as `Proxmox.call`, and `no_interface`.
        """
        if action in POWER:
            return upid_of(self.api.call("post", *self.path, "status", action))
        if action == "set-high-availability":
            self._set_high_availability(done)
            return None
        before = config_of(self.api.call("get", *self.path, "config"))
        values = _CHANGES[action](self, before, done)
        # The digest lets Proxmox refuse the change when somebody else was faster.
        digest = {"digest": before["digest"]} if isinstance(before.get("digest"), str) else {}
        method = "post" if self.kind == "qemu" else "put"
        return upid_of(self.api.call(method, *self.path, "config", **values, **digest))

    def set_size(self, wanted: Mapping[str, Any]) -> str | None:
        """Give the machine other sizes, and its first interface another tag or limit, by the server's columns.

        Gives the task that enlarges the disk, if one does. A smaller disk is refused by Proxmox.

        Raises:
            NodeError: as `Proxmox.call`, `no_interface`, `no_disk`.
        """
        config = config_of(self.api.call("get", *self.path, "config"))
        values: JsonObject = {_SIZES[name]: wanted[name] for name in _SIZES if name in wanted}
        if "cpu" in wanted and self.kind == "qemu":
            values["sockets"] = 1
        cables = {_CABLES[name]: wanted[name] for name in _CABLES if name in wanted}
        if cables:
            name = NETWORK + _lowest(config)
            values[name] = merged(
                str(config[name]), {key: None if new is None else f"{new:g}" for key, new in cables.items()}
            )
        if values:
            self.api.call("put", *self.path, "config", **values)
        if "disk" not in wanted:
            return None
        return self._resize(_boot_disk(self.kind, config), wanted["disk"])

    def _resize(self, disk: str, size: int) -> str | None:
        return upid_of(self.api.call("put", *self.path, "resize", disk=disk, size=f"{size}G"))

    def config(self) -> JsonObject:
        """Its settings as they are now."""
        return config_of(self.api.call("get", *self.path, "config"))

    def set_up(
        self, size: Mapping[str, int], addresses: Mapping[str, int], settings: JsonObject, drive: str = ""
    ) -> str | None:
        """Make a fresh copy of a template what a server is to have; gives the task that enlarges its disk.

        A disk that is large enough already stays as it is.

        Args:
            size: `cpu`, `ram` (MB) and `disk` (GB).
            addresses: ids of their rows, by the server's column.
            settings: of cloud-init, as Proxmox calls them; a container has none but those of its resolver.
            drive: the disk to enlarge, where it is not the one that the machine starts from.
        """
        config = self.config()
        values: JsonObject = {_SIZES[name]: size[name] for name in _SIZES}
        if self.kind == "qemu":
            values["sockets"] = 1
        allowed = (
            settings
            if self.kind == "qemu"
            else {name: settings[name] for name in settings if name in RESOLVER}
        )
        values |= allowed
        for column, address_id in addresses.items():
            change = _CHANGES[_ASSIGN[column]]
            values |= change(self, {**config, **values}, {column: address_id})
        self.api.call("put", *self.path, "config", **values)
        disk = drive if drive in config else _disk_of(self.kind, config)
        if disk is None or _gigabytes(str(config.get(disk))) >= size["disk"]:
            return None
        return self._resize(disk, size["disk"])

    def power_off(self, *, force: bool, patience: int) -> str | None:
        """Shut it down, and stop it when it has not gone down after `patience` seconds; with `force` at once."""
        if force:
            return self.apply("stop", {})
        values = {"timeout": patience, "forceStop": 1}
        return upid_of(self.api.call("post", *self.path, "status", "shutdown", **values))

    def status(self) -> str | None:
        """The server's status by the machine's power state; None when it is another one."""
        found = config_of(self.api.call("get", *self.path, "status", "current"))
        state = found.get("qmpstatus") if found.get("status") == "running" else found.get("status")
        return STATES.get(str(state or found.get("status")))

    def _set_high_availability(self, done: Mapping[str, Any]) -> None:
        sid = f"{'vm' if self.kind == 'qemu' else 'ct'}:{self.vmid}"
        known = config_of({str(entry.get("sid")): 1 for entry in self._managed()})
        if done.get("ha_status") == "":
            if sid in known:
                self.api.call("delete", "cluster", "ha", "resources", sid)
            return
        names = {
            "ha_status": "state",
            "ha_group": "group",
            "max_relocate": "max_relocate",
            "max_restart": "max_restart",
        }
        values = {names[name]: value for name, value in done.items() if value != ""}
        if sid not in known:
            self.api.call("post", "cluster", "ha", "resources", sid=sid, **values)
            return
        cleared = {"delete": "group"} if done.get("ha_group") == "" else {}
        self.api.call("put", "cluster", "ha", "resources", sid, **values, **cleared)

    def _managed(self) -> list[JsonObject]:
        found = self.api.call("get", "cluster", "ha", "resources")
        return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


_SIZES: Final = {"cpu": "cores", "ram": "memory"}
_CABLES: Final = {"vlan_tag": "tag", "rate_limit": "rate"}
_ASSIGN: Final = {"ip": "assign-ipv4", "ip6": "assign-ipv6"}
_DISK: Final = re.compile(r"(scsi|virtio|sata|ide)\d{1,2}", re.ASCII)
_SIZE: Final = re.compile(r"(?:^|,)size=(\d{1,9})([MGT]?)(?:,|$)", re.ASCII)
_UNITS: Final = {"": 1 / 2**30, "M": 1 / 1024, "G": 1.0, "T": 1024.0}
RESOLVER: Final = ("nameserver", "searchdomain")


def _boot_disk(kind: str, config: Mapping[str, Json]) -> str:
    """The disk that the machine starts from.

    Raises:
        NodeError: `no_disk`.
    """
    found = _disk_of(kind, config)
    if found is None:
        raise NodeError(
            "no_disk",
            "The machine has no disk in Proxmox.",
            hint="Add one to the machine first.",
            field="disk",
        )
    return found


def _disk_of(kind: str, config: Mapping[str, Json]) -> str | None:
    """The disk that the machine starts from; where it does not say, the first one; None without any."""
    if kind == "lxc":
        return "rootfs"
    disks = [
        name for name in sorted(config) if _DISK.fullmatch(name) and "media=cdrom" not in str(config[name])
    ]
    order = re.split(r"[;=,]", str(config.get("boot") or ""))
    named = next((name for name in [*order, str(config.get("bootdisk"))] if name in disks), None)
    return named or (disks[0] if disks else None)


def _gigabytes(line: str) -> float:
    """The size that a disk's line tells; without one it counts as empty."""
    found = _SIZE.search(line)
    return int(found[1]) * _UNITS[found[2]] if found else 0.0


POWER: Final = ("start", "shutdown", "stop", "reboot")


def merged(line: str, changes: Mapping[str, str | None]) -> str:
    """A line such as `virtio=…,bridge=vmbr0,tag=12` with some of its settings changed; None takes one out.

    All others stay as they are and where they are.
    """
    parts = [part.partition("=") for part in line.split(",") if part]
    left = dict(changes)
    kept = []
    for name, sign, value in parts:
        new = left.pop(name, value) if name in changes else value
        if new is not None:
            kept.append(f"{name}{sign}{new}" if sign else name)
    kept += [f"{name}={value}" for name, value in left.items() if value is not None]
    return ",".join(kept)


def _lowest(config: Mapping[str, Json]) -> str:
    numbers = [
        int(name[3:])
        for name in config
        if name.startswith(NETWORK) and name[3:].isascii() and name[3:].isdigit()
    ]
    if not numbers:
        raise NodeError(
            "no_interface",
            "The machine has no network interface in Proxmox.",
            hint="Add one to the machine first.",
            field="server_id",
        )
    return str(min(numbers))


def _interface(key: str, field: str) -> "Values":
    def values(machine: Machine, config: JsonObject, done: Mapping[str, Any]) -> JsonObject:
        name = NETWORK + _lowest(config)
        new = done[field]
        return {name: merged(str(config[name]), {key: None if new is None else str(new)})}

    return values


def _address(model: type[IPv4Address | IPv6Address], field: str, key: str, gateway: str) -> "Values":
    def values(machine: Machine, config: JsonObject, done: Mapping[str, Any]) -> JsonObject:
        address = model.objects.select_related("range").get(pk=done[field])
        changes = {key: f"{address.ip}/{address.range.size}", gateway: address.range.gateway or None}
        number = _lowest(config)
        name = f"ipconfig{number}" if machine.kind == "qemu" else NETWORK + number
        return {name: merged(str(config.get(name) or ""), changes)}

    return values


def _named(machine: Machine, config: JsonObject, done: Mapping[str, Any]) -> JsonObject:
    return {"name" if machine.kind == "qemu" else "hostname": done["hostname"]}


def _noted(machine: Machine, config: JsonObject, done: Mapping[str, Any]) -> JsonObject:
    return {"description": done["note"]} if done["note"] else {"delete": "description"}


Values = Callable[[Machine, JsonObject, Mapping[str, Any]], JsonObject]
_CHANGES: Final[Mapping[str, Values]] = {
    "set-note": _noted,
    "clear-note": _noted,
    "set-hostname": _named,
    "change-vlan-tag": _interface("tag", "vlan_tag"),
    "remove-vlan-tag": _interface("tag", "vlan_tag"),
    "change-rate-limit": _interface("rate", "rate_limit"),
    "remove-rate-limit": _interface("rate", "rate_limit"),
    "assign-ipv4": _address(IPv4Address, "ip", "ip", "gw"),
    "assign-ipv6": _address(IPv6Address, "ip6", "ip6", "gw6"),
}
