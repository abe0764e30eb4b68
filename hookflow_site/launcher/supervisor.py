"""Keeps the children alive until it is told to stop; one thread, one loop."""

import contextlib
import selectors
import signal
import socket
import time
from collections.abc import Callable, Sequence
from types import FrameType

from hookflow_site.launcher.casting import Mould
from hookflow_site.launcher.children import Child, Spec
from hookflow_site.launcher.deaths import bury_strangers
from hookflow_site.launcher.guard import LOOK_SECONDS, MemoryGuard, at_work
from hookflow_site.launcher.messages import say
from hookflow_site.launcher.readiness import ReadinessProbe

GRACE_SECONDS = 25.0
GIVE_UP_AFTER = 6
"""A child that dies at once so often before anything was ready will not come up."""


class Supervisor:
    """Runs `services` until SIGINT or SIGTERM, then stops them, then `last`, which they need.

    Args:
        services: web and worker.
        last: started before them by the caller and stopped after them; Valkey.
        probe: asked until hookflow is ready.
        on_ready: called once then.
        guard: ends a service that takes too much memory.
        mould: what the services are cast from; None starts each by itself.
    """

    def __init__(
        self,
        services: Sequence[Spec],
        last: Sequence[Child],
        probe: ReadinessProbe,
        on_ready: Callable[[], None],
        guard: MemoryGuard,
        mould: Mould | None = None,
    ) -> None:
        self.services = [Child(spec, mould.cast if mould else None) for spec in services]
        self.last = [*last, mould] if mould else list(last)
        self.probe = probe
        self.on_ready = on_ready
        self.guard = guard
        self.stops = 0
        self.gave_up = False
        self._all = [*self.last, *self.services]
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = socket.socketpair()

    def run(self) -> int:
        """Until stopped; the exit code."""
        self._listen_to_signals()
        for child in self.last:
            self._watch(child)
        try:
            while not self.stops and not self.gave_up:
                self._keep_alive()
                if self.probe.tick():
                    self.on_ready()
                self.guard.look(self.services)
                self._wait(0.05 if not self.probe.is_ready else self._until_next_start())
                bury_strangers({child.process.pid for child in self._all if child.process})
        finally:
            self.probe.close()
            self._stop(self.services)
            self._stop(self.last)
            signal.set_wakeup_fd(-1)
            for end in (self._selector, self._wake_reader, self._wake_writer):
                end.close()
        return 1 if self.gave_up else 0

    def _listen_to_signals(self) -> None:
        self._wake_writer.setblocking(False)
        self._wake_reader.setblocking(False)
        signal.set_wakeup_fd(self._wake_writer.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop_signal)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _on_stop_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stops += 1

    def _keep_alive(self) -> None:
        for child in self._all:
            if child.noticed_end():
                say(f"{child.spec.name} {child.last_end}; it starts again in {child.delay:.1f} s.")
                if child.spec.board is not None:
                    say(f"{child.spec.name} was at: {at_work(child)}.")
                if not self.probe.is_ready and child.quick_deaths >= GIVE_UP_AFTER:
                    say(f"{child.spec.name} does not start; its lines above say why. hookflow stops.")
                    self.gave_up = True
            if not child.is_running and time.monotonic() >= child.due:
                child.start()
                if child.is_running and child in self.services:
                    self.guard.bound(child)
                self._watch(child)

    def _until_next_start(self) -> float:
        due = [child.due for child in self._all if not child.is_running]
        return max(0.0, min([LOOK_SECONDS, *(moment - time.monotonic() for moment in due)]))

    def _watch(self, child: Child) -> None:
        self._forget_closed()
        if child.process is not None and child.process.stdout is not None:
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _wait(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    self._wake_reader.recv(4096)
            elif not key.data.read():
                self._selector.unregister(key.fileobj)

    def _forget_closed(self) -> None:
        """The output of an ended child: its descriptor's number may come back for another's."""
        for key in list(self._selector.get_map().values()):
            if getattr(key.fileobj, "closed", False):
                self._selector.unregister(key.fileobj)

    def _stop(self, children: Sequence[Child]) -> None:
        """SIGTERM, time to finish, SIGKILL; a second Ctrl-C cuts the time short."""
        asked = self.stops
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + GRACE_SECONDS
        while any(child.is_running for child in children):
            if time.monotonic() > deadline or self.stops > max(asked, 1):
                for child in children:
                    child.kill()
            self._wait(0.05)
            for child in children:
                child.noticed_end()
