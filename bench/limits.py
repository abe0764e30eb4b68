"""What the machine allows: figures no system built on these parts can exceed.

* celery-noop: no-op Celery tasks per second through a local Redis, one prefork worker with
  two processes, default settings, results ignored. `drain`: the queue was filled first;
  `through`: the producer fills it while the worker empties it.
* aiohttp-post: POSTs per second from the load generator straight to the sink, 32 connections.
"""

import asyncio
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import celery
import redis

from bench import load
from bench.adapter import Adapter, Door, Flow, relay
from bench.process import PYTHON_ENV, python
from bench.procstat import Meter
from bench.running import CONNECTIONS
from bench.services import start_redis
from bench.sink_server import sink_server

TASKS = 10_000
POSTS = 10_000

app = celery.Celery("limits", broker=os.environ.get("BENCH_BROKER", "redis://127.0.0.1:1/0"))
app.conf.task_ignore_result = True


@app.task(name="noop")
def noop(_number: int) -> None:
    """Nothing."""


class Bare(Adapter):
    """No system at all: only a work folder and processes, for the measurements below."""

    name = "bare"

    def install(self) -> None:
        """Nothing to install."""

    def prepare(self, flow: Flow) -> None:
        """Nothing to prepare."""

    def launch(self) -> None:
        """Nothing to launch."""

    @property
    def door(self) -> Door:
        """There is none."""
        raise NotImplementedError

    def kill(self, what: str = "runner") -> None:
        """Nothing to kill."""

    def revive(self, what: str = "runner") -> None:
        """Nothing to revive."""

    def versions(self) -> dict[str, str]:
        """Of nothing."""
        return {}

    settings = versions

    def install_paths(self) -> dict[str, Path]:
        """None."""
        return {}


class _Celery:
    """A producer, a worker and the queue between them."""

    def __init__(self, bare: Bare) -> None:
        url = f"redis://127.0.0.1:{start_redis(bare)}/0"
        self.server = redis.Redis.from_url(url)
        self.client = celery.Celery("client", broker=url)
        self.client.conf.task_ignore_result = True
        options = ("--pool", "prefork", "--concurrency", "2", "--loglevel", "WARNING")
        self.worker = bare.spawn(
            "celery",
            python("celery", "-A", "bench.limits", "worker", *options),
            {"BENCH_BROKER": url, **PYTHON_ENV, "C_FORCE_ROOT": "1"},
        )

    def enqueue(self, tasks: int = TASKS) -> float:
        """Send so many; per second."""
        begin = time.monotonic()
        with self.client.producer_pool.acquire(block=True) as producer:
            for n in range(tasks):
                self.client.send_task("noop", (n,), producer=producer)
        return tasks / (time.monotonic() - begin)

    def drained(self, begin: float) -> float:
        """Until nothing is queued and nothing is handed out but unacknowledged; per second."""
        while self.server.llen("celery") or self.server.hlen("unacked"):
            time.sleep(0.01)
        return TASKS / (time.monotonic() - begin)


def celery_noop() -> dict[str, Any]:
    """Tasks per second."""
    with tempfile.TemporaryDirectory(prefix="flow-bench-") as scratch:
        bare = Bare(Path(scratch), Path(scratch) / "work")
        bare.clean_work()
        try:
            parts = _Celery(bare)
            parts.enqueue(500)  # until the worker is up and has done these
            parts.drained(0)
            meter = Meter({**bare.pids(), "load": os.getpid()})
            begin = time.monotonic()
            rates = {"enqueue_per_s": parts.enqueue(), "through_per_s": parts.drained(begin)}
            figures = meter.read()
            # Only the worker's main process fetches tasks; the queue fills while it is stopped.
            parts.worker.popen.send_signal(signal.SIGSTOP)
            try:
                rates["enqueue_alone_per_s"] = parts.enqueue()
                begin = time.monotonic()
            finally:
                parts.worker.popen.send_signal(signal.SIGCONT)
            rates["drain_per_s"] = parts.drained(begin)
            versions = {"celery": celery.__version__, "redis": parts.server.info()["redis_version"]}
            parts.client.close()
            rounded = {name: round(rate) for name, rate in rates.items()}
            return {"versions": versions, "figures": {**rounded, **figures}}
        finally:
            bare.stop()


def aiohttp_post() -> dict[str, Any]:
    """POSTs per second."""
    return asyncio.run(_aiohttp_post())


async def _aiohttp_post() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="flow-bench-") as scratch:
        bare = Bare(Path(scratch), Path(scratch) / "work")
        async with sink_server(bare) as sink:
            door = Door(sink.url)
            await load.flood(door, load.encode(range(-500, 0)), CONNECTIONS)
            await sink.reset(relay(""))
            bodies = load.encode(range(POSTS))
            meter = Meter({"sink": sink.proc.pid, "load": os.getpid()})
            begin = time.monotonic()
            sent = await load.flood(door, bodies, CONNECTIONS)
            took = time.monotonic() - begin
            figures = meter.read()
            if not all(s.accepted for s in sent) or await sink.distinct() != POSTS:
                raise RuntimeError("the sink lost some")
            return {
                "versions": {"aiohttp": aiohttp.__version__},
                "figures": {"posts_per_s": round(POSTS / took), **figures},
            }


LIMITS = {"celery-noop": celery_noop, "aiohttp-post": aiohttp_post}
