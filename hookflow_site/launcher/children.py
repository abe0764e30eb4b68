"""A process that the launcher keeps alive: start, read, notice its end, start again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import FileIO
from pathlib import Path
from typing import IO, Protocol

from hookflow_site.launcher.deaths import die_with_parent
from hookflow_site.launcher.messages import say

ROOT = Path(__file__).resolve().parent.parent.parent

PYTHON = (sys.executable, "-m")
STEADY_SECONDS = 10.0
FIRST_DELAY, LONGEST_DELAY = 0.1, 30.0
NEXT_TRY = 0.05

_launcher = os.getpid()


@dataclass(frozen=True)
class Spec:
    """What to start.

    Args:
        name: stands in front of its output.
        command: the program and its arguments.
        env: its whole environment.
        pass_fds: sockets that it inherits.
        hidden: lines with one of these texts are nothing that anybody could act on.
        board: where it notes what it is at.
        niceness: how far it stands back when processor time is short, as `nice` counts.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    hidden: tuple[str, ...] = ()
    board: Path | None = None
    niceness: int = 0


class Process(Protocol):
    """The part of `subprocess.Popen` that a child needs."""

    pid: int

    @property
    def stdout(self) -> IO[bytes] | FileIO | None: ...
    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Child:
    """One process of a `Spec`, with the time of its next start when it is not there.

    Args:
        begin: makes the process; None when that cannot be done yet.
    """

    def __init__(self, spec: Spec, begin: "Callable[[Spec], Process | None] | None" = None) -> None:
        self.spec = spec
        self.process: Process | None = None
        self._begin = begin or spawn
        self.due = 0.0
        self.delay = 0.0
        self.last_end = ""
        self.quick_deaths = 0
        self._started = 0.0
        self._rest = b""

    @property
    def is_running(self) -> bool:
        """Whether there is a process whose end was not noticed yet."""
        return self.process is not None

    def start(self) -> None:
        """Start it in a process group of its own, if that can be done."""
        self.process = self._begin(self.spec)
        self._started = time.monotonic()
        self.due = self._started + NEXT_TRY
        if self.process is not None and self.process.stdout is not None:
            os.set_blocking(self.process.stdout.fileno(), False)

    def read(self) -> bool:
        """Pass on what it printed since; False when its output has ended."""
        if self.process is None or self.process.stdout is None:
            return False
        while True:
            try:
                chunk = os.read(self.process.stdout.fileno(), 65_536)
            except BlockingIOError:
                return True
            lines = (self._rest + (chunk or b"\n")).split(b"\n")
            self._rest = lines.pop()
            for line in lines:
                self._pass_on(line.decode(errors="replace").rstrip())
            if not chunk:
                return False

    def _pass_on(self, line: str) -> None:
        if line and not any(text in line for text in self.spec.hidden):
            say(line, self.spec.name)

    def noticed_end(self) -> bool:
        """Whether it has just ended; then the next start is planned, later each time it dies at once."""
        if self.process is None or (code := self.process.poll()) is None:
            return False
        self.read()
        self._end_group()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        lived = time.monotonic() - self._started
        self.quick_deaths = 0 if lived >= STEADY_SECONDS else self.quick_deaths + 1
        delay = min(LONGEST_DELAY, FIRST_DELAY * 4 ** max(0, self.quick_deaths - 1))
        self.due = time.monotonic() + delay
        self.last_end = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self.delay = delay
        return True

    def ask_to_stop(self) -> None:
        """SIGTERM to the process itself: what it started is its own to end within the time that it has."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def kill(self) -> None:
        """SIGKILL to it and to all that it started."""
        if self.process is not None:
            self._end_group()
            self.process.kill()

    def _end_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def spawn(spec: Spec) -> "subprocess.Popen[bytes]":
    """Start a process that the kernel kills when the launcher is gone, whatever ended it."""
    return subprocess.Popen(  # noqa: S603  # the commands are the launcher's own
        spec.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(spec.env),
        pass_fds=spec.pass_fds,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=partial(_begin, spec.niceness),  # noqa: PLW1509  # the launcher has one thread
    )


def _begin(niceness: int) -> None:
    os.nice(niceness)
    die_with_launcher()


def die_with_launcher() -> None:
    """Runs in the child before its program."""
    die_with_parent(_launcher)
