"""Engines whose purpose is that nothing is lost: DBOS (a library on PostgreSQL) and Restate (a server with a log).

Each runs a program of `programs/` in an environment of its own, with the engine's defaults.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from bench.adapter import Adapter, Door, Flow
from bench.process import free_port, run
from bench.services import Node
from bench.systems.hookflow import server

PROGRAMS = Path(__file__).with_name("programs")
DBOS_NEEDS = ("dbos==3.4.0", "fastapi==0.165.0", "uvicorn==0.54.0", "aiohttp==3.14.5")
RESTATE_NEEDS = ("restate-sdk==1.3.0", "hypercorn==0.18.0", "aiohttp==3.14.5")
RESTATE_SERVER = "1.7.12"


class Durable(Adapter):
    """What both have in common: one program in an environment of its own."""

    retries_within = 40.0
    needs: tuple[str, ...] = ()
    program = ""

    @property
    def home(self) -> Path:
        return self.cache / self.name

    def install(self) -> None:
        """Make the environment, once for each list of packages."""
        mark = self.home / "installed.json"
        if mark.exists() and json.loads(mark.read_text()) == list(self.needs):
            return
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(self.home)], check=True)
        run([str(self.python), "-m", "pip", "install", "-q", *self.needs], timeout=1800)
        mark.write_text(json.dumps(self.needs))

    @property
    def python(self) -> Path:
        return self.home / "bin" / "python"

    def prepare(self, flow: Flow) -> None:
        """An empty folder, and what the program is told."""
        self.clean_work()
        self.port = free_port()
        steps = [[type(step).__name__, *vars(step).values()] for step in flow.steps]
        self.told = {"STEPS": json.dumps(steps), "SINK": flow.sink_url, "APP_PORT": str(self.port)}

    def start_program(self) -> None:
        env = {**os.environ, **self.told}
        self.spawn("program", [str(self.python), str(PROGRAMS / self.program)], env)

    def kill(self, what: str = "runner") -> None:
        """The program runs the flow."""
        self.procs.pop("program").kill9()

    def revive(self, what: str = "runner") -> None:
        """Start it again: what was open is recovered."""
        self.start_program()

    def versions(self) -> dict[str, str]:
        """Of the packages, as they are pinned."""
        return dict(need.split("==") for need in self.needs)

    def install_paths(self) -> dict[str, Path]:
        """The environment, with Restate's server in it."""
        return {"virtual environment": self.home}


class Dbos(Durable):
    name = "dbos"
    note = "PostgreSQL with its defaults; workflow and the delivery step are recorded"
    needs = DBOS_NEEDS
    program = "dbos_relay.py"

    def prepare(self, flow: Flow) -> None:
        """An empty database, too."""
        super().prepare(flow)
        url = server().create_database(f"dbos{time.monotonic_ns()}")
        self.told["DATABASE"] = url.replace("postgres://", "postgresql://")

    def launch(self) -> None:
        """One process."""
        self.start_program()

    @property
    def door(self) -> Door:
        return Door(f"http://127.0.0.1:{self.port}/event")

    def settings(self) -> dict[str, str]:
        """What differs from its defaults."""
        return {"run_admin_server": "off", "log_level": "WARNING"}


class Restate(Durable):
    name = "restate"
    note = "one node with its defaults; invocation and the delivery are in its log"
    needs = RESTATE_NEEDS
    program = "restate_relay.py"

    def install(self) -> None:
        """The server comes from npm."""
        super().install()
        if not (self.home / "node_modules").exists():
            package = {"private": True, "dependencies": {"@restatedev/restate-server": RESTATE_SERVER}}
            (self.home / "package.json").write_text(json.dumps(package))
            Node(22).npm(self.home, "install")

    def prepare(self, flow: Flow) -> None:
        """Ports of its server, too."""
        super().prepare(flow)
        self.ingress, self.admin, self.node = free_port(), free_port(), free_port()

    def launch(self) -> None:
        """Start both, and tell the server of the program."""
        self.start_program()
        binary = next(self.home.glob("node_modules/@restatedev/restate-server-linux-*/bin/restate-server"))
        told = {
            "RESTATE_INGRESS__BIND_ADDRESS": f"127.0.0.1:{self.ingress}",
            "RESTATE_ADMIN__BIND_ADDRESS": f"127.0.0.1:{self.admin}",
            "RESTATE_BIND_ADDRESS": f"127.0.0.1:{self.node}",
            "RESTATE_BASE_DIR": str(self.work / "data"),
            "RESTATE_LOG_FILTER": "warn",
            "DO_NOT_TRACK": "1",
        }
        self.spawn("restate", [str(binary)], {**os.environ, **told})
        self._register()

    def _register(self) -> None:
        body = json.dumps({"uri": f"http://127.0.0.1:{self.port}", "force": True}).encode()
        kind = {"Content-Type": "application/json"}
        for _ in range(100):
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{self.admin}/deployments", body, kind)
                urllib.request.urlopen(request, timeout=5).read()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("Restate did not take the program.")

    @property
    def door(self) -> Door:
        """Answers when the invocation is in the log."""
        return Door(f"http://127.0.0.1:{self.ingress}/Relay/run/send")

    def versions(self) -> dict[str, str]:
        """The server's as well."""
        return {**super().versions(), "restate-server": RESTATE_SERVER}

    def settings(self) -> dict[str, str]:
        """What differs from its defaults."""
        return {"log": "warn"}
