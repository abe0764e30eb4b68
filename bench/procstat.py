"""CPU and memory of process trees, and of the rest of the machine."""

import contextlib
import os
import threading
import time
from typing import Any

import psutil


def tree(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(pid: int) -> float:
    """CPU used so far by a process, its living descendants and its reaped children."""
    if pid == os.getpid():  # the harness itself: without the systems it started
        t = psutil.Process().cpu_times()
        return t.user + t.system
    total = 0.0
    for p in tree(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            t = p.cpu_times()
            total += t.user + t.system + t.children_user + t.children_system
    return total


def memory_mib(pid: int) -> tuple[float, float]:
    """(RSS, PSS) of a process tree. PSS counts memory shared between processes once."""
    rss = pss = 0.0
    for p in tree(pid):
        with contextlib.suppress(psutil.Error):
            m = p.memory_full_info()
            rss, pss = rss + m.rss, pss + m.pss
    return rss / 2**20, pss / 2**20


def machine_busy() -> float:
    """CPU seconds, over all cores, that the machine has spent not idle (stolen time included)."""
    t = psutil.cpu_times()
    return t.user + t.nice + t.system + t.irq + t.softirq + t.steal


class Meter:
    """CPU seconds per role from its creation to read(), peak memory, and everyone else's CPU.

    Give it role -> pid. `other_cores` is the machine's busy time minus all those roles: load
    from programs that are not part of the run, so a high value marks a disturbed measurement.
    """

    def __init__(self, pids: dict[str, int]):
        self.pids = pids
        self.peak_rss = 0.0
        self._stop = threading.Event()
        self.begin = time.monotonic()
        self.cpu = {role: cpu_seconds(pid) for role, pid in pids.items()}
        self.busy = machine_busy()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        own = [pid for role, pid in self.pids.items() if role not in ("load", "sink")]
        while not self._stop.wait(1.0):
            rss = 0
            for pid in own:
                for p in tree(pid):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        rss += p.memory_info().rss
            self.peak_rss = max(self.peak_rss, rss / 2**20)

    def read(self) -> dict[str, Any]:
        """The figures; ends the measurement."""
        wall = time.monotonic() - self.begin
        used = {role: cpu_seconds(pid) - self.cpu[role] for role, pid in self.pids.items()}
        other = machine_busy() - self.busy - sum(used.values())
        self._stop.set()
        return {
            "cpu_s": {role: round(s, 2) for role, s in used.items()},
            "metered_s": round(wall, 2),
            "other_cores": round(max(0.0, other) / wall, 2),
            "peak_rss_mib": round(self.peak_rss),
        }
