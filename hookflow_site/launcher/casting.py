"""The launcher's side of the mould."""

import os
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import replace
from io import FileIO

from hookflow_site.launcher.children import PYTHON, Child, Process, Spec, spawn
from hookflow_site.launcher.mould import MAX_MESSAGE, READY, Order

CAST_SECONDS = 5.0


class Mould(Child):
    """The process from which services are cast.

    Args:
        env: its environment, and theirs.
        pass_fds: sockets that they inherit.
    """

    def __init__(self, env: Mapping[str, str], pass_fds: tuple[int, ...]) -> None:
        super().__init__(Spec("mould", (*PYTHON, "hookflow_site.launcher.mould"), env, pass_fds))
        self._plain = self.spec
        self._channel: socket.socket | None = None
        self._is_ready = self._was_ready = False

    def start(self) -> None:
        """Let it load the program."""
        self._hang_up()
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.spec = replace(
                self._plain,
                env=dict(self._plain.env),
                command=(*self._plain.command, str(theirs.fileno())),
                pass_fds=(*self._plain.pass_fds, theirs.fileno()),
            )
            super().start()

    def kill(self) -> None:
        """End it; what was cast lives on."""
        self._hang_up()
        super().kill()

    def end(self) -> None:
        """Have none until the next start, which loads the program as it is then."""
        self.kill()
        while self.process is not None and self.process.poll() is None:
            time.sleep(0.01)
        self.process, self.due = None, 0.0

    def __enter__(self) -> "Mould":
        return self

    def __exit__(self, *failure: object) -> None:
        self.end()

    def is_ready(self) -> bool:
        """Whether it has loaded the program; never waits."""
        if self._channel is not None and not self._is_ready:
            self._channel.setblocking(False)
            try:
                self._is_ready = self._was_ready = self._channel.recv(MAX_MESSAGE) == READY
            except OSError:
                return False
        return self._is_ready

    def cast(self, spec: Spec) -> Process | None:
        """A process of `spec`, whose command is `python -m MODULE …`; None while all wait for the first mould."""
        if not self.is_ready() or self._channel is None:
            return spawn(spec) if self._was_ready else None
        order = Order(
            module=spec.command[len(PYTHON)],
            arguments=list(spec.command[len(PYTHON) + 1 :]),
            title=" ".join(spec.command),
            env={name: text for name, text in spec.env.items() if self.spec.env.get(name) != text},
            niceness=spec.niceness,
            launcher=os.getpid(),
        )
        reading, writing = os.pipe()
        try:
            self._channel.settimeout(CAST_SECONDS)
            socket.send_fds(self._channel, [order.packed()], [writing])
            answer = self._channel.recv(MAX_MESSAGE)
        except OSError:
            answer = b""
        finally:
            os.close(writing)
        if not answer:
            os.close(reading)
            self.kill()
            return None
        return CastProcess(int(answer), FileIO(reading))

    def _hang_up(self) -> None:
        if self._channel is not None:
            self._channel.close()
        self._channel, self._is_ready = None, False


class CastProcess:
    """What `subprocess.Popen` is for a process that the mould started, as far as a `Child` needs it."""

    def __init__(self, pid: int, stdout: FileIO) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal, as soon as it has ended."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def terminate(self) -> None:
        """SIGTERM."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)
