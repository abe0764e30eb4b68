"""Wakes the runners after a commit: at most one small message, from a thread of its own, that may be lost."""

import threading
import time

from celery import current_app
from django.db import transaction

from common.outages import Outage

RING_TASK = "flows.ring"
LEAST_SECONDS_BETWEEN = 0.03
MOST_SECONDS_BETWEEN = 0.25
"""Under a steady stream of events: runners are awake then and look by themselves, and a ring costs as much as a run."""


class Doorbell:
    """A one-slot bell. `ring` never blocks: a broker that hangs holds up this thread and nothing else."""

    def __init__(self) -> None:
        self._pressed = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._outage = Outage("doorbell", "runs start up to a second later")

    def ring(self) -> None:
        """Ask for a wake-up. Several calls before it goes out make one message."""
        self._pressed.set()
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="doorbell", daemon=True)
                    self._thread.start()

    def _work(self) -> None:
        pause = LEAST_SECONDS_BETWEEN
        while True:
            pause = min(pause * 2, MOST_SECONDS_BETWEEN) if self._pressed.is_set() else LEAST_SECONDS_BETWEEN
            self._pressed.wait()
            self._pressed.clear()
            try:
                current_app.send_task(RING_TASK, ignore_result=True, retry=False, expires=10)
            except Exception as error:  # noqa: BLE001  # runners poll; a lost ring costs a moment
                self._outage.failed(error)
                time.sleep(1)
            else:
                self._outage.over()
            time.sleep(pause)


doorbell = Doorbell()


def ring_on_commit() -> None:
    """Ring once the transaction at hand is committed."""
    transaction.on_commit(doorbell.ring)
