"""How far a process stands back when processor time is short."""

import os
import time
from pathlib import Path

OWN_GROUP = Path("/proc/self/autogroup")
"""Where Linux groups processes by their session, it shares time among the sessions: `nice` counts within one alone."""
TRIES = 5
PAUSE_SECONDS = 0.1
"""The kernel lets users change one group in so many seconds."""


def stand_back(niceness: int) -> None:
    """Set this process back, which has a session of its own, and all that it will start."""
    os.nice(niceness)
    for _ in range(TRIES if niceness else 0):
        try:
            OWN_GROUP.write_text(str(niceness))
        except BlockingIOError:
            time.sleep(PAUSE_SECONDS)
        except OSError:  # this system knows no such groups
            return
        else:
            return
