"""Node-RED in its default mode: one process, flows in memory, no record of runs."""

import json
from pathlib import Path

from bench.adapter import Adapter, Door, Filter, Flow
from bench.process import free_port
from bench.services import Node

VERSION = "5.0.7"


class NodeRed(Adapter):
    name = "node-red"
    note = "keeps no run record and no queue: an event exists only in memory"

    def install(self) -> None:
        self.home = self.cache / "node-red"
        self.node = Node(22)
        if not (self.home / "node_modules/node-red").exists():
            self.home.mkdir(parents=True, exist_ok=True)
            (self.home / "package.json").write_text(
                json.dumps({"private": True, "dependencies": {"node-red": VERSION}})
            )
            self.node.npm(self.home, "install")

    def prepare(self, flow: Flow) -> None:
        self.clean_work()
        self.port = free_port()
        self.data = self.work / "data"
        self.data.mkdir()
        (self.data / "flows.json").write_text(json.dumps(to_node_red(flow), indent=1))

    def launch(self) -> None:
        self.spawn(
            "node-red",
            [
                str(self.node.binary),
                str(self.home / "node_modules/node-red/red.js"),
                "--userDir",
                str(self.data),
                "--port",
                str(self.port),
                "--no-telemetry",
                "-D",
                "uiHost=127.0.0.1",
                "flows.json",
            ],
        )

    @property
    def door(self) -> Door:
        return Door(f"http://127.0.0.1:{self.port}/event")

    def kill(self, what: str = "runner") -> None:
        self.procs.pop("node-red").kill9()

    def revive(self, what: str = "runner") -> None:
        self.launch()

    def versions(self) -> dict[str, str]:
        package = json.loads((self.home / "node_modules/node-red/package.json").read_text())
        return {"node-red": package["version"], "node": self.node.version}

    def settings(self) -> dict[str, str]:
        return {"uiHost": "127.0.0.1", "telemetry": "off"}

    def install_paths(self) -> dict[str, Path]:
        return {"node_modules": self.home / "node_modules", "node binary": self.node.binary}


def to_node_red(flow: Flow) -> list[dict]:
    """http in -> (http response at once) and switch / template per step -> http request."""
    nodes: list[dict] = [
        {"id": "tab", "type": "tab", "label": flow.name},
        {"id": "respond", "type": "http response", "statusCode": "200", "headers": {}, "wires": []},
    ]
    names = [f"step{i}" for i in range(len(flow.steps))] + ["deliver"]
    for i, step in enumerate(flow.steps):
        node = {"id": names[i], "wires": [[names[i + 1]]]}
        if isinstance(step, Filter):
            node |= {
                "type": "switch",
                "property": f"payload.{step.field}",
                "propertyType": "msg",
                "rules": [{"t": "gte", "v": str(step.minimum), "vt": "num"}],
                "checkall": "true",
                "outputs": 1,
            }
        else:
            node |= {
                "type": "template",
                "field": f"payload.{step.field}",
                "fieldType": "msg",
                "format": "handlebars",
                "syntax": "mustache",
                "output": "str",
                "template": step.prefix + "{{payload." + step.source + "}}",
            }
        nodes.append(node)
    nodes += [
        {
            "id": "trigger",
            "type": "http in",
            "url": "/event",
            "method": "post",
            "wires": [["respond", names[0]]],
        },
        {
            "id": "deliver",
            "type": "http request",
            "method": "POST",
            "ret": "txt",
            "paytoqs": "ignore",
            "url": flow.sink_url,
            "persist": False,
            "wires": [[]],
        },
    ]
    return [n if n["type"] == "tab" else n | {"z": "tab"} for n in nodes]
