"""A whole installation in processes of its own, any of which may be killed."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from common.crypto import new_key
from tests.support.processes import Server, free_port, wait_until
from tests.support.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent.parent


class Inside:
    """A process of `tests.faults.inside`, which does what it is asked and gives an answer."""

    def __init__(self, env: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "tests.faults.inside"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, cwd=ROOT, env=env, text=True, **pipes)

    def ask(self, *command: Any) -> Any:
        """The answer to a command and its arguments."""
        self.say(*command)
        assert self._process.stdout
        answer = self._process.stdout.readline()
        assert answer, f"{command[0]} failed: the captured output says why"
        return json.loads(answer)

    def say(self, *command: Any) -> None:
        """A command whose answer nobody waits for."""
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps(command)}\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        self._process.kill()
        self._process.communicate(timeout=20)

    def stop(self) -> None:
        """No more."""
        self._process.communicate(timeout=20)


class Platform:
    """Web, workers and Valkey.

    Args:
        database_url: of a database with all tables.
        env: further settings.
    """

    def __init__(self, database_url: str, **env: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="hf-faults-")
        self.port = free_port()
        self.valkey = Valkey()
        folder = Path(self.folder.name)
        plain = {key: value for key, value in os.environ.items() if key not in ("DJANGO_SETTINGS_MODULE",)}
        self.env = {
            **plain,
            "HOOKFLOW_DATA": str(folder),
            "DATABASE_URL": database_url,
            "REDIS_URL": self.valkey.url,
            "ENCRYPTION_KEYS": new_key("k1"),
            "SECRET_KEY": "faults" * 10,
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "LEASE_SECONDS": "4",
            **env,
        }
        self.servers: dict[str, Server] = {}
        self._inside = Inside(self.env)
        self.inside = self._inside.ask

    def start(self, *names: str) -> None:
        """Start `web`, `worker`, and more workers as `worker-2`, `worker-3`."""
        commands = {
            "web": ["-m", "hookflow_site.web", "--port", str(self.port)],
            "worker": ["-m", "hookflow_site.worker"],
        }
        for name in names:
            self.servers[name] = Server(
                [sys.executable, *commands[name.partition("-")[0]]],
                Path(self.folder.name) / f"{name}.log",
                env={**self.env, "HOOKFLOW_AT_WORK": f"{self.folder.name}/{name}-at-work"},
                cwd=ROOT,
            )
        if "web" in names:
            wait_until(self.is_ready, "The web process answers", 60)

    def is_ready(self) -> bool:
        """Whether the web process answers."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def kill(self, name: str) -> None:
        """SIGKILL, as a crash would."""
        if name == "valkey":
            self.valkey.kill()
        else:
            self.servers[name].kill()

    def restart(self, name: str) -> None:
        """Start what was killed again."""
        if name == "valkey":
            self.valkey.start()
        else:
            self.start(name)

    def stop(self) -> None:
        """End everything and delete the data."""
        self._inside.stop()
        for server in self.servers.values():
            server.kill()
        self.valkey.stop()
        self.folder.cleanup()

    def logs(self) -> str:
        """The ends of all logs, for a failing test."""
        return "\n".join(f"--- {name}\n{server.tail()}" for name, server in self.servers.items())
