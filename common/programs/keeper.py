"""Keeps one program: starts it, passes its output on, ends it, and tells what it used.

A process of its own, started with nothing of the worker's (`python -I -S keeper.py FD`), because limits, signals and
floods of output are then its affair alone. Over the socket FD comes one line of JSON; then `A` asks for the end, `T`
asks and kills a little later, `K` kills, and so does the end of the socket, which is also that of a worker that died.
At last it answers with one line.
"""

import ctypes
import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any

GRACE_SECONDS = 2.0
LOOK_SECONDS = 0.25
PR_SET_CHILD_SUBREAPER = 36
CHUNK = 65_536
PAGE = os.sysconf("SC_PAGE_SIZE")


class Keeper:
    """One program at work."""

    def __init__(self, control: socket.socket, spec: dict[str, Any]) -> None:
        self.control, self.spec = control, spec
        self.limit = {"stdout": spec["max_output"], "stderr": spec["max_output"]}
        self.dropped, self.peak, self.cpu, self.inner = 0, 0, 0.0, 0
        self.exit_code: int | None = None
        self.ended_by = ""
        self.kill_at = time.monotonic() + spec["seconds"] + GRACE_SECONDS
        self.term_at = time.monotonic() + spec["seconds"]
        self.weigh_at = 0.0
        self.info = b""

    def start(self) -> None:
        # Orphans of the program become children of this process, wherever they hide.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        out, err, info = os.pipe(), os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self._become(out[1], err[1], info[1])
        for fd in (out[1], err[1], info[1], 0):
            os.close(fd)
        self.streams = {out[0]: ("stdout", 1), err[0]: ("stderr", 2)}
        self.info_fd = info[0]
        self.poll = select.poll()
        for fd in (out[0], err[0], info[0], self.control.fileno()):
            self.poll.register(fd, select.POLLIN)

    def _become(self, out: int, err: int, info: int) -> None:
        try:
            os.setsid()
            os.dup2(out, 1)
            os.dup2(err, 2)
            os.dup2(info, 3)
            os.closerange(4, 4096)
            if not self.spec["is_boxed"]:
                os.close(3)
            os.chdir(self.spec["folder"])
            os.execve(self.spec["argv"][0], self.spec["argv"], self.spec["env"])  # noqa: S606  # no shell is what is wanted
        except OSError as error:
            os.write(2, f"{self.spec['argv'][0]}: {error.strerror}\n".encode())
        finally:
            os._exit(127)

    def keep(self) -> None:
        while self.exit_code is None:
            self._serve(LOOK_SECONDS)
            self._look()
            self._reap()
        self._end_all()
        end = time.monotonic() + 1.0
        while self.streams and time.monotonic() < end:
            self._serve(0.05)

    def _serve(self, seconds: float) -> None:
        for fd, _ in self.poll.poll(seconds * 1000):
            if fd == self.control.fileno():
                self._obey()
            elif fd == self.info_fd:
                self._learn()
            else:
                self._pass_on(fd)

    def _obey(self) -> None:
        asked = self.control.recv(16)
        self.ended_by = self.ended_by or "stopped"
        now = time.monotonic()
        if b"K" not in asked:
            self.term_at = now
        if asked[-1:] != b"A":
            self.kill_at = now + (GRACE_SECONDS if asked[-1:] == b"T" else 0)
        if not asked:
            self.poll.unregister(self.control.fileno())

    def _learn(self) -> None:
        """Which process is the first inside."""
        part = os.read(self.info_fd, 4096)
        self.info += part
        try:
            self.inner = int(json.loads(self.info)["child-pid"])
        except (ValueError, KeyError):
            if part:
                return
        self.poll.unregister(self.info_fd)

    def _pass_on(self, fd: int) -> None:
        stream, to = self.streams[fd]
        data = os.read(fd, CHUNK)
        if not data:
            self.poll.unregister(fd)
            del self.streams[fd]
            return
        kept = data[: self.limit[stream]]
        self.limit[stream] -= len(kept)
        self.dropped += len(data) - len(kept)
        while kept:
            kept = kept[os.write(to, kept) :]

    def _look(self) -> None:
        now = time.monotonic()
        if now >= self.weigh_at:
            self._weigh(now)
        if now >= self.term_at:
            self.ended_by = self.ended_by or "timeout"
            self.term_at = float("inf")
            self._signal_group(signal.SIGTERM)
        if now >= self.kill_at:
            self._kill()

    def _weigh(self, now: float) -> None:
        """A look at all processes of the machine: too dear for each piece of a flood of output."""
        self.weigh_at = now + LOOK_SECONDS / 2
        used = sum(resident(pid) for pid in descendants(os.getpid()))
        self.peak = max(self.peak, used)
        if used > self.spec["memory"] and not self.ended_by:
            self.ended_by = "memory"
            self.term_at = self.kill_at = now

    def _signal_group(self, number: int) -> None:
        # In a box, the group of the first process inside is the program's; the box itself goes on.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.inner or self.pid, number)

    def _kill(self) -> None:
        for pid in (self.inner, *descendants(os.getpid())):
            if pid > 0:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        if self.spec["uid"]:
            self._kill_as_user(self.spec["uid"])

    def _kill_as_user(self, uid: int) -> None:
        """Nothing else runs as this user: one call reaches all, however fast they fork."""
        pid = os.fork()
        if pid == 0:
            try:
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.cpu += usage.ru_utime + usage.ru_stime
            if not (self.spec["is_boxed"] and pid == self.pid):
                # What this process was when it forked counts as the box's own memory.
                self.peak = max(self.peak, usage.ru_maxrss * 1024)
            if pid == self.pid:
                code = os.waitstatus_to_exitcode(status)
                self.exit_code = code if code >= 0 else 128 - code

    def _end_all(self) -> None:
        """What the program left behind goes with it."""
        end = time.monotonic() + GRACE_SECONDS
        while descendants(os.getpid()) and time.monotonic() < end:
            self._kill()
            self._reap()
            time.sleep(0.005)

    def answer(self) -> None:
        told = {
            "exit_code": self.exit_code,
            "ended_by": self.ended_by,
            "dropped": self.dropped,
            "cpu_seconds": round(self.cpu, 3),
            "peak_memory": self.peak,
            "pid": self.inner or self.pid,
        }
        self.control.sendall(json.dumps(told).encode() + b"\n")


def descendants(root: int) -> list[int]:
    """The processes below one, zombies left out."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    state, parent = file.read().rpartition(b")")[2].split()[:2]
            except OSError:
                continue
            if state != b"Z":
                children.setdefault(int(parent), []).append(int(name))
    found: list[int] = []
    new = children.get(root, [])
    while new:
        found += new
        new = [child for pid in new for child in children.get(pid, [])]
    return found


def resident(pid: int) -> int:
    """Bytes in memory that are the process's own."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            _, total, shared = file.read().split()[:3]
    except (OSError, ValueError):
        return 0
    return (int(total) - int(shared)) * PAGE


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(control.fileno(), False)
    raw = b""
    while not raw.endswith(b"\n"):
        part = control.recv(CHUNK)
        if not part:
            return
        raw += part
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    keeper = Keeper(control, json.loads(raw))
    keeper.start()
    keeper.keep()
    with suppress(OSError):
        keeper.answer()


if __name__ == "__main__":
    main()
