"""Servers of others, started from `servers/` on free ports; what they installed stays for the next time."""

import fcntl
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import IO, Any

from scripts.node import find_node
from scripts.shell import plain_environment

SERVERS = Path(__file__).parent / "servers"
LISTENERS = 4
START_SECONDS = 900
"""Long enough for the first start on a slow machine, which downloads and installs."""
STOP_SECONDS = 60


class Peer(Mapping[str, str]):
    """One server that answers; a mapping of the settings that a client needs, such as `REDMINE_URL`.

    Raises:
        AssertionError: it did not start; the text is what it said.
    """

    def __init__(self, name: str) -> None:
        self._stack = ExitStack()
        self.state = self._stack.enter_context(own_folder(name))
        self._settings = self._start(name)

    def __getitem__(self, name: str) -> str:
        return self._settings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)

    def log(self, name: str) -> list[dict[str, Any]]:
        """The JSON lines of the file that the setting `name` points at: what arrived until now."""
        return [json.loads(line) for line in Path(self[name]).read_text().splitlines()]

    def stop(self) -> None:
        """End it and what it started."""
        self._stack.close()

    def _start(self, name: str) -> dict[str, str]:
        settings, said = self.state / "env", self.state / "run.log"
        settings.unlink(missing_ok=True)
        command = [SERVERS / name / "run", "--port", str(free_ports()), "--state", self.state]
        with said.open("w") as output:
            process = subprocess.Popen(
                command, env=environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        self._stack.callback(end, process)
        try:
            wait_until_there(settings, process)
        except AssertionError as error:
            self.stop()
            raise AssertionError(
                f"The peer {name} did not start: {error}\n{said.read_text()[-3000:]}"
            ) from None
        return dict(line.split("=", 1) for line in settings.read_text().splitlines())


def wait_until_there(settings: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the server wrote its settings, which it does once it answers."""
    for _ in range(START_SECONDS * 10):
        if settings.exists():
            return
        try:
            code = process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"it ended with {code}.")
    raise AssertionError(f"it did not answer within {START_SECONDS} s.")


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM; its script ends what it started, last started first."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def own_folder(name: str) -> "Folder":
    """The first state folder of this peer that no other test session uses at the moment."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    root = Path(os.environ.get("PEERS_STATE") or Path(cache) / "hookflow-peers")
    for number in count(1):
        folder = Folder(root / (name if number == 1 else f"{name}-{number}"))
        if folder.taken():
            return folder
    raise AssertionError("unreachable")


class Folder:
    """A folder that belongs to one process as long as it holds the lock in it."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock: IO[str] = (path / "lock").open("w")

    def taken(self) -> bool:
        """Take it, if nobody has it."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            return False
        return True

    def __enter__(self) -> Path:
        return self._path

    def __exit__(self, *error: object) -> None:
        self._lock.close()


def environment() -> dict[str, str]:
    """What the scripts run in: this Python for their servers, and Node.js 20 with npm."""
    node = find_node()
    return {
        **plain_environment(),
        "PATH": node.environment()["PATH"],
        "NPM_COMMAND": " ".join(node.npm),
        "PYTHON": sys.executable,
    }


def free_ports() -> int:
    """The first of some ports in a row that nobody listens on, for TCP and UDP; below those that clients get."""
    while True:
        base = random.randrange(20_000, 32_000)
        if all(is_free(base + offset) for offset in range(LISTENERS)):
            return base


def is_free(port: int) -> bool:
    """Whether a server could listen here."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
