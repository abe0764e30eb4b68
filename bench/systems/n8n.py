"""n8n, in its default regular mode (SQLite, one process) and in queue mode (Redis + PostgreSQL)."""

import json
import os
from pathlib import Path

from bench.adapter import Adapter, Door, Flow
from bench.process import Proc, free_port, run
from bench.services import Node, service_versions, start_redis
from bench.systems.n8n_flow import WORKFLOW_ID, to_n8n
from tests.support.postgres import Postgres

VERSION = "2.41.1"

# Only for registries that lack the newest release of some indirect dependencies, none of which
# these flows use (HTML parsing, AI agents). They do no harm with a complete registry.
NPM_OVERRIDES = {"linkedom": "0.18.12", "@langchain/langgraph": "1.4.18", "@langchain/protocol": "0.0.19"}

#: no telemetry, nothing fetched from outside; none of this is on the path of an event
QUIET = {
    "N8N_DIAGNOSTICS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
    "N8N_DYNAMIC_BANNERS_ENABLED": "false",
    "N8N_TEMPLATES_ENABLED": "false",
    "N8N_PERSONALIZATION_ENABLED": "false",
    "N8N_HIRING_BANNER_ENABLED": "false",
    "N8N_COMMUNITY_PACKAGES_ENABLED": "false",
    "N8N_LICENSE_AUTO_RENEW_ENABLED": "false",
    "EXTERNAL_FRONTEND_HOOKS_URLS": "",
    "NODE_ENV": "production",  # as n8n's own Docker image sets
}


class N8nRegular(Adapter):
    name = "n8n"
    note = "regular mode, SQLite; every execution is saved with its data (the default)"
    extra: dict[str, str] = {}  # settings a variant changes on purpose

    def install(self) -> None:
        self.home = self.cache / "n8n"
        self.node = Node(24)
        if not (self.home / "node_modules/n8n/bin/n8n").exists():
            self.home.mkdir(parents=True, exist_ok=True)
            (self.home / "package.json").write_text(
                json.dumps({"private": True, "dependencies": {"n8n": VERSION}, "overrides": NPM_OVERRIDES})
            )
            (self.home / ".npmrc").write_text("legacy-peer-deps=true\n")
            # Install scripts of some add-ons (Kafka) download from outside the registry; only
            # these two are needed here, and both build from what their packages hold.
            self.node.npm(self.home, "install", "--ignore-scripts")
            self.node.npm(self.home, "rebuild", "sqlite3", "isolated-vm")

    # ------------------------------------------------------------------ start --

    def environment(self) -> dict[str, str]:
        return {
            "N8N_USER_FOLDER": str(self.work),
            "HOME": str(self.work),
            "N8N_LISTEN_ADDRESS": "127.0.0.1",
            "N8N_HOST": "127.0.0.1",
            "N8N_PORT": str(self.port),
            "N8N_RUNNERS_BROKER_PORT": str(self.broker_port),
            "N8N_ENCRYPTION_KEY": "only-for-this-benchmark",
            "PATH": f"{self.node.binary.parent}:{os.environ['PATH']}",
            **QUIET,
            **self.extra,
        }

    def n8n(self, *args: str) -> list[str]:
        return [str(self.node.binary), str(self.home / "node_modules/n8n/bin/n8n"), *args]

    def prepare(self, flow: Flow) -> None:
        self.clean_work()
        self.port, self.broker_port = free_port(), free_port()
        self.start_services()
        file = self.work / "flow.json"
        file.write_text(json.dumps([to_n8n(flow)]))
        # The first command also creates the database.
        run(self.n8n("import:workflow", f"--input={file}"), env=self.environment(), cwd=self.work)
        run(self.n8n("publish:workflow", f"--id={WORKFLOW_ID}"), env=self.environment(), cwd=self.work)

    def start_services(self) -> None:
        pass

    def launch(self) -> None:
        self.spawn("n8n", self.n8n("start"), self.environment())

    @property
    def door(self) -> Door:
        return Door(f"http://127.0.0.1:{self.port}/webhook/event")

    def kill(self, what: str = "runner") -> None:
        self.procs.pop("n8n").kill9()

    def revive(self, what: str = "runner") -> None:
        self.launch()

    # ------------------------------------------------------------------ facts --

    def versions(self) -> dict[str, str]:
        package = json.loads((self.home / "node_modules/n8n/package.json").read_text())
        return {"n8n": package["version"], "node": self.node.version}

    def settings(self) -> dict[str, str]:
        return {"N8N_LISTEN_ADDRESS": "127.0.0.1", **QUIET, **self.extra}

    def install_paths(self) -> dict[str, Path]:
        return {"node_modules": self.home / "node_modules", "node binary": self.node.binary}


class N8nQueue(N8nRegular):
    name = "n8n-queue"
    note = "queue mode: 1 main + 1 worker (concurrency 10, the default), Redis, PostgreSQL"
    service_roles = ("redis",)
    retries_within = 120.0  # a lost job is noticed when its 60 s lock has expired (checked every 30 s)

    def start_services(self) -> None:
        self.redis_port = start_redis(self)
        self.postgres = Postgres(durable=True)
        self.postgres.create_database("n8n")
        self.worker_port, self.worker_broker_port = free_port(), free_port()

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "EXECUTIONS_MODE": "queue",
            "QUEUE_BULL_REDIS_HOST": "127.0.0.1",
            "QUEUE_BULL_REDIS_PORT": str(self.redis_port),
            "DB_TYPE": "postgresdb",
            "DB_POSTGRESDB_HOST": "127.0.0.1",
            "DB_POSTGRESDB_PORT": str(self.postgres.port),
            "DB_POSTGRESDB_DATABASE": "n8n",
            "DB_POSTGRESDB_USER": "hookflow",
            "DB_POSTGRESDB_PASSWORD": self.postgres.password,
        }

    def launch(self) -> None:
        super().launch()
        self.launch_worker()

    def pids(self) -> dict[str, int]:
        return super().pids() | {"postgres": self.postgres.server.process.pid}

    def stop(self) -> None:
        super().stop()
        if hasattr(self, "postgres"):
            self.postgres.stop()

    def launch_worker(self) -> Proc:
        return self.spawn(
            "worker",
            self.n8n("worker"),
            self.environment()
            | {
                "N8N_RUNNERS_BROKER_PORT": str(self.worker_broker_port),
                "N8N_WORKER_SERVER_ADDRESS": "127.0.0.1",
                "QUEUE_HEALTH_CHECK_PORT": str(self.worker_port),
            },
        )

    def kill(self, what: str = "runner") -> None:
        self.procs.pop("worker").kill9()

    def revive(self, what: str = "runner") -> None:
        self.launch_worker()

    def versions(self) -> dict[str, str]:
        return super().versions() | service_versions()

    def settings(self) -> dict[str, str]:
        return super().settings() | {"EXECUTIONS_MODE": "queue", "DB_TYPE": "postgresdb"}


class N8nRegularLegacy(N8nRegular):
    """With the expression engine n8n used before `vm` (a V8 isolate) became the default."""

    name = "n8n-legacy"
    note = "as n8n, but with N8N_EXPRESSION_ENGINE=legacy (not the default: no isolation, deprecated)"
    extra = {"N8N_EXPRESSION_ENGINE": "legacy"}


class N8nQueueLegacy(N8nQueue):
    name = "n8n-queue-legacy"
    note = "as n8n-queue, but with N8N_EXPRESSION_ENGINE=legacy (not the default)"
    extra = {"N8N_EXPRESSION_ENGINE": "legacy"}
