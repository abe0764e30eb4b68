"""Packages of strangers, installed for the time of a test."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path

from flows.sdk.loading import load_packages
from flows.sdk.registry import forget_module

NODE = """
from flows.sdk import Emit, Kind, Node, NodeMeta, node

@node
class Found(Node):
    meta = NodeMeta({type!r}, Kind.ENRICHER, "Found", "Passes the record on.", "box")

    def run(self, ctx, config, record):
        return Emit("out", record)
"""


def node_module(type_name: str) -> str:
    """The source of a module with one node type."""
    return NODE.format(type=type_name)


def write_package(folder: Path, name: str, modules: Mapping[str, str], group: str = "hookflow.nodes") -> Path:
    """Write an installed distribution `name` whose package of that name holds modules, by name, into a folder."""
    package = folder / name
    package.mkdir(parents=True)
    for module, source in {"__init__": "", **modules}.items():
        file = package / f"{module}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(source)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {name}\n")
    return folder


class Packages:
    """Installs packages for the process of the test; `undo` takes all of them away again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []

    def install(self, name: str, group: str = "hookflow.nodes", **modules: str) -> None:
        """Install a package and load everything again."""
        sys.path.insert(0, str(write_package(self.folder / name, name, modules, group)))
        importlib.invalidate_caches()
        self.names.append(name)
        load_packages()

    def undo(self) -> None:
        """Forget what was installed."""
        for name in self.names:
            sys.path.remove(str(self.folder / name))
            forget_module(name)
            for module in [found for found in sys.modules if found.partition(".")[0] == name]:
                del sys.modules[module]
        load_packages()
