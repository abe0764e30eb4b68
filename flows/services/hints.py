"""Sends what nobody must wait for and what may be lost: wake-ups of runners and of those who watch."""

import threading
import time
from collections.abc import Callable

from common.outages import Outage

TRY_AGAIN_SECONDS = 1.0


class Hints:
    """Sends on a thread of its own, so that a Redis that hangs holds up this thread and nothing else.

    Args:
        name: of the thread, and of the component that misses Redis.
        send: blocks, for a few seconds at most.
        effect: what an outage of Redis means to people.
        rest: seconds after each hint; what is wanted meanwhile makes one more.
    """

    def __init__(self, name: str, send: Callable[[], None], *, effect: str, rest: float) -> None:
        self._name, self._send, self._rest = name, send, rest
        self._outage = Outage(name, effect)
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def want(self) -> None:
        """Ask for a hint. Several calls before it goes out make one."""
        self._wanted.set()
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                    self._thread.start()

    def _work(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._send()
            except Exception as error:  # noqa: BLE001  # a lost hint costs a moment
                self._outage.failed(error)
                time.sleep(TRY_AGAIN_SECONDS)
            else:
                self._outage.over()
            time.sleep(self._rest)
