"""A Proxmox VE in memory, which answers as `FakeNet` asks it to."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from common.http import HttpAnswer, HttpOptions

UPID = "UPID:pve:0000ABCD:00BC614E:6566AABB:qmconfig:100:hookflow@pve!flows:"


@dataclass
class Api:
    """Machine 100, whose tasks end as `ends` says; `refused` maps `METHOD path` to (status, body)."""

    config: dict[str, Any] = field(
        default_factory=lambda: {"net0": "virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0,tag=5"}
    )
    kind: str = "qemu"
    power: str = "stopped"
    ends: list[str | None] = field(default_factory=lambda: [None, "OK"])
    refused: dict[str, tuple[int, Any]] = field(default_factory=dict)
    managed: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, method: str, url: str, options: HttpOptions) -> HttpAnswer:
        parts = urlsplit(url)
        path = parts.path.removeprefix("/api2/json/")
        values = dict(parse_qsl((options.get("content") or b"").decode(), keep_blank_values=True))
        self.calls.append((method, path, values))
        if f"{method} {path}" in self.refused:
            status, body = self.refused[f"{method} {path}"]
            return HttpAnswer(status, {}, json.dumps(body).encode())
        return HttpAnswer(200, {}, json.dumps({"data": self.answer(method, path, values)}).encode())

    def answer(self, method: str, path: str, values: dict[str, str]) -> Any:
        if path == "cluster/resources":
            return [{"vmid": 100, "node": "pve", "type": self.kind, "status": self.power}]
        if path == "cluster/ha/resources":
            return self.managed if method == "GET" else None
        if path.startswith("cluster/ha/resources/"):
            return None
        if "/tasks/" in path:
            ended = self.ends.pop(0)
            return {"status": "running"} if ended is None else {"status": "stopped", "exitstatus": ended}
        if path.endswith("/status/current"):
            return {"status": self.power, "qmpstatus": self.power}
        if path.endswith("/config"):
            return self.changed(method, values)
        self.power = "stopped" if path.endswith(("/stop", "/shutdown")) else "running"
        return UPID

    def changed(self, method: str, values: dict[str, str]) -> Any:
        if method == "GET":
            return {**self.config, "digest": "0" * 40}
        for name in values.get("delete", "").split(","):
            self.config.pop(name, None)
        self.config |= {name: value for name, value in values.items() if name not in ("delete", "digest")}
        return UPID if method == "POST" else None

    @property
    def sent(self) -> dict[str, str]:
        """What the last call that changed something said, the digest aside."""
        values = next(values for method, _, values in reversed(self.calls) if method != "GET")
        return {name: value for name, value in values.items() if name != "digest"}
