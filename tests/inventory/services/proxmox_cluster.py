"""A cluster of Proxmox VE in memory whose machines are copied and removed, as `FakeNet` asks it to."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from common.http import HttpAnswer, HttpOptions

TEMPLATE = {"template": 1, "scsi0": "local:base-9000-disk-0,size=10G", "net0": "virtio=AA:BB:CC:DD:EE:00"}


@dataclass
class Cluster:
    """Node `pve` with the template 9000. Tasks end at once; a copy stays locked while `is_copying`."""

    guests: dict[int, dict[str, Any]] = field(default_factory=lambda: {9000: dict(TEMPLATE)})
    running: set[int] = field(default_factory=set)
    is_copying: bool = False
    unanswered: int = 0
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, method: str, url: str, options: HttpOptions) -> HttpAnswer:
        parts = urlsplit(url)
        path = parts.path.removeprefix("/api2/json/")
        text = (options.get("content") or b"").decode() or parts.query
        values = dict(parse_qsl(text, keep_blank_values=True))
        if method != "GET":
            self.calls.append((method, path.removeprefix("nodes/pve/"), values))
        if self.unanswered and method != "GET":
            self.unanswered -= 1
            return HttpAnswer(503, {}, b"{}")
        status, data = self.answer(method, path, values)
        return HttpAnswer(status, {}, json.dumps({"data": data}).encode())

    def answer(self, method: str, path: str, values: dict[str, str]) -> tuple[int, Any]:
        if path == "cluster/resources":
            return 200, [{"vmid": vmid, "node": "pve", "type": "qemu"} for vmid in self.guests]
        if path == "cluster/nextid":
            wanted = int(values.get("vmid") or next(n for n in range(100, 999) if n not in self.guests))
            return (400, None) if wanted in self.guests else (200, str(wanted))
        if "/tasks/" in path:
            return 200, {"status": "stopped", "exitstatus": "OK"}
        number, _, what = path.removeprefix("nodes/pve/qemu/").partition("/")
        return self.of_guest(method, int(number), what, values)

    def of_guest(self, method: str, number: int, what: str, values: dict[str, str]) -> tuple[int, Any]:
        upid = f"UPID:pve:0000ABCD:00BC614E:6566AABB:qm:{number}:hookflow@pve!flows:"
        if method == "DELETE":
            del self.guests[number]
        elif what == "clone":
            if int(values["newid"]) in self.guests:
                return 500, None
            copied = {name: value for name, value in self.guests[number].items() if name != "template"}
            self.guests[int(values["newid"])] = copied | {"description": values["description"] + "\n"}
        elif what == "config" and method == "PUT":
            self.guests[number] |= values
            return 200, None
        elif what == "config":
            lock = {"lock": "clone"} if self.is_copying and "template" not in self.guests[number] else {}
            return 200, self.guests[number] | lock
        elif what == "status/current":
            return 200, {"status": "running" if number in self.running else "stopped"}
        elif what == "resize":
            disk = self.guests[number][values["disk"]].partition(",")[0]
            self.guests[number][values["disk"]] = f"{disk},size={values['size']}"
        elif what == "status/start":
            self.running.add(number)
        elif what == "status/stop":
            self.running.discard(number)
        return 200, upid

    @property
    def changes(self) -> list[tuple[str, str]]:
        """What was asked to change, as (method, path below the node)."""
        return [(method, path) for method, path, _ in self.calls]
