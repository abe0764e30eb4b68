"""Build the front end when its sources changed, and run its npm scripts."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from scripts.node import Node, find_node
from scripts.shell import ROOT, Stop, fingerprint, is_done, main_guard, must, run, say

FRONTEND = ROOT / "frontend"
BUILT = ROOT / "static" / "editor"
MODULES = FRONTEND / "node_modules"
NOT_SOURCES = {"node_modules", "dist", "coverage", "test-results", ".vite"}
_one_installs = threading.Lock()
"""Of checks that run side by side."""


def main() -> int:
    """`build`, or `run <npm script> [arguments]`."""
    match sys.argv[1:]:
        case ["build"]:
            return build()
        case ["run", script, *arguments]:
            return script_code(script, arguments)
    raise Stop("Write: python -m scripts.frontend build, or run <script> [arguments].")


def build() -> int:
    """Build into `static/editor`, unless it is there already for these sources."""
    stamp = BUILT / ".sources"
    if is_done(stamp, source_mark()):
        return 0
    node = ready_node()
    say("Building the editor ...")
    must([*node.npm, "run", "build"], "The build of the front end", env=node.environment(), cwd=FRONTEND)
    BUILT.mkdir(parents=True, exist_ok=True)
    stamp.write_text(source_mark())
    return 0


def script_code(script: str, arguments: list[str], output: IO[str] | None = None) -> int:
    """Run one script of `package.json`; its exit code."""
    node = ready_node()
    command = [*node.npm, "run", script, "--", *arguments]
    return run(command, env=node.environment(), cwd=FRONTEND, output=output)


def ready_node() -> Node:
    """Node.js, with the packages of the lock file installed."""
    with _one_installs:
        node = find_node()
        lock = FRONTEND / "package-lock.json"
        mark = fingerprint([lock, FRONTEND / "package.json"], node.version)
        stamp = MODULES / ".hookflow"
        if not is_done(stamp, mark):
            say(f"Installing the front end's packages with Node.js {node.version} ...")
            quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
            must([*node.npm, "ci", *quiet], "npm ci", env=node.environment(), cwd=FRONTEND)
            stamp.write_text(mark)
        return node


def source_mark() -> str:
    """Changes with everything that the build reads."""
    return fingerprint(sources(FRONTEND))


def sources(folder: Path) -> Iterator[Path]:
    """Every file below `folder` that is written by hand."""
    for path in folder.iterdir():
        if path.name in NOT_SOURCES:
            continue
        if path.is_dir():
            yield from sources(path)
        elif path.is_file():
            yield path


if __name__ == "__main__":
    main_guard(main)
