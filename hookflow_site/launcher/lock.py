"""One launcher a data folder."""

import fcntl
import os
from pathlib import Path
from typing import IO

from hookflow_site.launcher.messages import Refusal

NAME = "launcher.lock"


def take_lock(data: Path) -> IO[str]:
    """Lock the folder until the file that is returned is closed, or this process is gone.

    Raises:
        Refusal: another launcher has it.
    """
    path = data / NAME
    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = read_holder(data)
        lock.close()
        raise Refusal(
            f"hookflow already runs on the data folder {data} (process {holder or 'unknown'}): "
            "stop it first, or set HOOKFLOW_DATA to another folder."
        ) from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def read_holder(data: Path) -> int | None:
    """The process id of the launcher that has, or last had, the folder."""
    try:
        return int((data / NAME).read_text().strip())
    except (OSError, ValueError):
        return None
