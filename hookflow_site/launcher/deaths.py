"""Who ends with whom, as Linux lets processes say it."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL on the parent's death."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def adopt_orphans() -> bool:
    """Become the parent of descendants whose parent ends; False where the system knows no such thing."""
    return _libc is not None and _libc.prctl(PR_SET_CHILD_SUBREAPER, 1) == 0


def bury_strangers(known: set[int]) -> None:
    """Let adopted processes go that have ended and that nobody here waits for.

    Args:
        known: process ids that somebody waits for.
    """
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None or found.si_pid in known:
            return
        os.waitpid(found.si_pid, 0)
