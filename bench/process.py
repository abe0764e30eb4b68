"""Child processes of the harness: each in a session of its own, each gone at the end."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def python(module: str, *arguments: str) -> list[str]:
    """The command line of a module of this repository; see `PYTHON_ENV`."""
    return [sys.executable, "-m", module, *arguments]


PYTHON_ENV = {"PYTHONPATH": str(ROOT)}


class Proc:
    """A child process in its own session, logging to <work>/<role>.log."""

    def __init__(
        self,
        role: str,
        argv: list[str],
        work: Path,
        env: dict[str, str] | None = None,
        *,
        alone: bool = False,
    ):
        self.role, self.log = role, work / f"{role}.log"
        with self.log.open("ab") as out:
            self.popen = subprocess.Popen(
                argv,
                cwd=work,
                env=environment(env, alone=alone),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.popen.pid

    def stop(self, sig: int = signal.SIGTERM, grace: float = 30) -> None:
        """Ask it to end, then make it and its children."""
        if self.popen.poll() is None:
            self.popen.send_signal(sig)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(grace)
        self._kill_session()

    def kill9(self) -> None:
        """SIGKILL the process itself, then whatever children it left behind."""
        self.popen.kill()
        self.popen.wait()
        self._kill_session()

    def _kill_session(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)  # our own session only
        self.popen.wait()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_port(port: int, seconds: float = 30) -> None:
    """Until something listens on the port.

    Raises:
        TimeoutError: nothing does.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError as error:
            if time.monotonic() > end:
                raise TimeoutError(f"nothing listens on port {port}") from error
            time.sleep(0.05)


def environment(own: dict[str, str] | None, *, alone: bool) -> dict[str, str]:
    """A child's environment; `alone`: nothing of ours but what programs need to run at all."""
    needed = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    given = {name: os.environ[name] for name in needed if name in os.environ} if alone else dict(os.environ)
    return given | (own or {})


def run(
    argv: list[str],
    *,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 900,
    alone: bool = False,
) -> str:
    """Run a command to its end; its output.

    Raises:
        RuntimeError: it failed; with its output.
    """
    done = subprocess.run(
        [str(part) for part in argv],
        env=environment(env, alone=alone),
        cwd=cwd,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, argv))} exited {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout
