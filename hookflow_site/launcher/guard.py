"""The last line of defence: a child that takes more memory than it may is ended, before it takes the machine."""

import contextlib
import os
import resource
import time
from pathlib import Path
from typing import Final

from common.at_work import leftovers, told
from hookflow_site.launcher.children import Child
from hookflow_site.launcher.messages import say

LOOK_SECONDS: Final = 0.25
MIB: Final = 1_048_576
ROOM_FOR_STACKS: Final = 4096 * MIB
"""Address space that threads reserve and never touch; the kernel's own limit stands so far above ours."""
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class MemoryGuard:
    """Looks at the private memory of children several times a second.

    Args:
        limit: bytes that a child may take; 0 for no limit.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._due = 0.0

    def bound(self, child: Child) -> None:
        """Let the kernel refuse memory far above the limit, for growth that is faster than a look."""
        if self.limit and child.process is not None and hasattr(resource, "prlimit"):
            most = 2 * self.limit + ROOM_FOR_STACKS
            with contextlib.suppress(OSError, ValueError):
                resource.prlimit(child.process.pid, resource.RLIMIT_DATA, (most, most))

    def look(self, children: list[Child]) -> None:
        """End those that are past the limit; the supervisor says what they were at, and starts them again."""
        now = time.monotonic()
        if not self.limit or now < self._due:
            return
        self._due = now + LOOK_SECONDS
        for child in children:
            if child.process is None or (taken := private_bytes(child.process.pid)) <= self.limit:
                continue
            child.kill()
            say(
                f"{child.spec.name} took {taken // MIB:,} MiB, more than the {self.limit // MIB:,} MiB of "
                "CHILD_MEMORY_MB, and is ended."
            )


def at_work(child: Child) -> str:
    """What a child was at, in words."""
    return told(leftovers(child.spec.board)) if child.spec.board else told([])


def private_bytes(process: int) -> int:
    """Resident memory that no other process shares; 0 when the process is gone."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{process}/statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * PAGE
