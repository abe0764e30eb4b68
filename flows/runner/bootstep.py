"""Puts the runner into a Celery worker: one more thread with an event loop of its own."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from celery import bootsteps
from django.conf import settings

from flows.conf import number
from flows.runner.bell import Bell
from flows.runner.runner import Runner
from flows.runner.slot import Slot
from flows.services.doorbell import doorbell
from flows.services.telling_watchers import ChannelPublisher
from flows.store.journal import DatabaseRunStore

logger = structlog.get_logger(__name__)

WATCH_SECONDS = 5.0
LOOKS_MISSED = 12
"""After this many looks of the watchdog without a sign of life, 60 s, the process ends."""


class Watchdog:
    """Ends the process when the runner no longer looks at the queue, so that the supervisor starts a new one.

    It counts its own looks instead of comparing times: a process that was stopped and goes on gets its chance.
    """

    def __init__(self, last_look: Callable[[], float], end: Callable[[], None] = lambda: os._exit(1)) -> None:
        self._last_look, self._end = last_look, end
        self._seen, self._missed = 0.0, 0

    def watch(self, stopped: threading.Event) -> None:
        """Look every few seconds until `stopped` is set."""
        while not stopped.wait(WATCH_SECONDS):
            self.look()

    def look(self) -> None:
        """Count a look without a sign of life, or begin anew."""
        seen = self._last_look()
        self._missed = self._missed + 1 if seen == self._seen else 0
        self._seen = seen
        if self._missed >= LOOKS_MISSED:
            logger.critical("runner_stalled", seconds=round(time.monotonic() - seen))
            self._end()


class RunnerThread:
    """The runner of this process."""

    def __init__(self) -> None:
        self._runner: Runner | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Start the loop, and what watches over it."""
        self._thread = threading.Thread(target=self._work, name="runner", daemon=True)
        self._thread.start()
        watchdog = Watchdog(self._last_look)
        threading.Thread(target=watchdog.watch, args=(self._stopped,), name="watchdog", daemon=True).start()

    def _last_look(self) -> float:
        return self._runner.last_look if self._runner is not None else 0.0

    def _work(self) -> None:
        runner = self._runner = Runner(
            DatabaseRunStore(doorbell.ring),
            ChannelPublisher(),
            concurrency=number("RUNNER_CONCURRENCY"),
            lease_seconds=number("LEASE_SECONDS"),
            slot=Slot.of_environment(),
            bell=Bell(settings.REDIS.redis_url),
        )
        try:
            asyncio.run(runner.run())
        except Exception:
            logger.exception("runner_failed")
            os._exit(1)

    def stop(self) -> None:
        """Stop and wait until what is at work has ended."""
        self._stopped.set()
        if self._runner is not None:
            self._runner.stop()
        if self._thread is not None:
            self._thread.join(timeout=30)


runner_thread = RunnerThread()


class RunnerStep(bootsteps.StartStopStep):
    """Starts with the worker and stops before its pool."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        runner_thread.start()

    def stop(self, parent: Any) -> None:
        runner_thread.stop()
