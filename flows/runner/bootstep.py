"""Puts the runner into a Celery worker: one more thread with an event loop of its own."""

import asyncio
import threading
from typing import Any

import structlog
from celery import bootsteps

from flows.conf import number
from flows.runner.runner import Runner
from flows.services.publishing import ChannelPublisher
from flows.store.journal import DatabaseRunStore

logger = structlog.get_logger(__name__)


class RunnerThread:
    """The runner of this process."""

    def __init__(self) -> None:
        self._runner: Runner | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the loop."""
        self._thread = threading.Thread(target=self._work, name="runner", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        runner = self._runner = Runner(
            DatabaseRunStore(),
            ChannelPublisher(),
            concurrency=number("RUNNER_CONCURRENCY"),
            lease_seconds=number("LEASE_SECONDS"),
        )
        asyncio.run(runner.run())

    def ring(self) -> None:
        """Look for due runs now."""
        if self._runner is not None:
            self._runner.ring()

    def stop(self) -> None:
        """Stop and wait until what is at work has ended."""
        if self._runner is not None:
            self._runner.stop()
        if self._thread is not None:
            self._thread.join(timeout=30)


runner_thread = RunnerThread()


class RunnerStep(bootsteps.StartStopStep):
    """Starts with the worker and stops before its pool."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        """The worker is up."""
        runner_thread.start()

    def stop(self, parent: Any) -> None:
        """The worker goes down."""
        runner_thread.stop()
