"""`python -m bench.memory`: the memory of all processes of the launcher that runs.

PSS: each process's own pages, and its share of those that several use. Linux only.
"""

import json
import os
import sys
from pathlib import Path

from hookflow_site.launcher.config import read_config
from hookflow_site.launcher.lock import read_holder

PROC = Path("/proc")
KIB = 1024


def main() -> int:
    """Print bytes by process as JSON; the launcher's folder is that of `HOOKFLOW_DATA`."""
    launcher = read_holder(read_config(os.environ).data)
    if launcher is None or not (PROC / str(launcher)).exists():
        sys.stderr.write("No hookflow runs on this data folder.\n")
        return 1
    found = {f"{process} {name(process)}": pss(process) for process in family(launcher)}
    sys.stdout.write(json.dumps({"total": sum(found.values()), "processes": found}, indent=2) + "\n")
    return 0


def family(process: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            children.setdefault(parent(int(entry.name)), []).append(int(entry.name))
    found, open_ends = [], [process]
    while open_ends:
        found.append(open_ends.pop())
        open_ends.extend(children.get(found[-1], []))
    return sorted(found)


def parent(process: int) -> int:
    """The process id of the parent; 0 when the process is gone."""
    try:
        text = (PROC / str(process) / "stat").read_text()
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[1])


def name(process: int) -> str:
    try:
        line = (PROC / str(process) / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return "gone"
    words = line.replace("\0", " ").split() or ["gone"]
    known = {
        "hookflow_site.worker": "worker",
        "hookflow_site.web": "web",
        "hookflow_site.launcher.mould": "mould",
        "hookflow_site.launcher": "launcher",
    }
    return next((known[word] for word in words if word in known), Path(words[0]).name)


def pss(process: int) -> int:
    """Proportional set size in bytes."""
    try:
        lines = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * KIB for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    sys.exit(main())
