"""Start and end helper servers: always our own, always gone at the end."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Ask `ready` every 50 ms.

    Raises:
        TimeoutError: it did not become true in time.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} within {seconds:.0f} s: it did not happen.")
        time.sleep(0.05)


class Server:
    """A child process that dies with us; its output goes to a file."""

    def __init__(
        self,
        command: Sequence[str | Path],
        output: Path,
        *,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.output = output
        with output.open("ab") as sink:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                user=user,
                group=None if user is None else _group_of(user),
                env=None if env is None else dict(env),
                cwd=cwd,
                preexec_fn=_begin,  # noqa: PLW1509  # it calls the kernel and nothing else
            )

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self, first: signal.Signals = signal.SIGTERM, seconds: float = 20.0) -> None:
        """Ask it to end, then make it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(first)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.wait(5)

    def tail(self, characters: int = 4000) -> str:
        """The last of what it printed."""
        return self.output.read_text(errors="replace")[-characters:] if self.output.exists() else ""


def _group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def _begin() -> None:
    # A suite in the background has SIGINT ignored, and what it starts would inherit that.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        os._exit(1)
