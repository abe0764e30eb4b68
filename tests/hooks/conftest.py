"""Packages whose functions hooks call."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Install = Callable[..., Path]
FABRIC = "cloudify-fabric-plugin"
TASKS = """
def run_task(event_context, tasks_file, task_name):
    print(f"{{event_context['event_type']}}: {{task_name}} of {{tasks_file}}")
    return "{version}"
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Writes an installed distribution that offers its modules to hooks."""

    def write(name: str, version: str, modules: Mapping[str, str], *offers: str) -> Path:
        folder = tmp_path / f"{name}-{version}"
        for module, source in modules.items():
            file = folder / f"{module.replace('.', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source)
        info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        entries = "".join(f"task{place} = {offer}\n" for place, offer in enumerate(offers))
        (info / "entry_points.txt").write_text(f"[hookflow.hooks]\n{entries}")
        monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
        return folder

    return write


@pytest.fixture
def fabric(install: Install) -> None:
    """The plugin of the original's first example, in two versions; each says which it is."""
    for version in ("2.0.9", "2.0.13"):
        modules = {"fabric_plugin.__init__": "", "fabric_plugin.tasks": TASKS.format(version=version)}
        install(FABRIC, version, modules, "fabric_plugin")
