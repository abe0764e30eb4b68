"""The folders that programs work in: each is locked by the process that made it, and goes with it or a little later."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PREFIX: Final = "hookflow-program-"
SPARED_SECONDS: Final = 60.0
"""A younger one may not be locked yet."""


@contextmanager
def own_folder() -> Iterator[Path]:
    """A new folder, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        with suppress(OSError):  # where there are no locks, nobody sweeps either
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    finally:
        os.close(lock)
        # It never follows a link out of the folder, and whoever could plant one is gone.
        shutil.rmtree(folder, ignore_errors=True)


def sweep_folders() -> int:
    """Delete the folders of processes that died; how many. Any number of processes may do it at the same time."""
    try:
        with os.scandir(tempfile.gettempdir()) as entries:
            return sum(_swept(entry) for entry in entries if entry.name.startswith(PREFIX))
    except OSError:  # the folder itself is away: that is no reason to leave out other chores
        return 0


def _swept(entry: os.DirEntry[str]) -> bool:
    """The lock of a process goes when it dies, however it dies."""
    try:
        fd = os.open(entry.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # gone, a link, or somebody else's
        return False
    try:
        with suppress(OSError):
            if time.time() - os.fstat(fd).st_ctime < SPARED_SECONDS:
                return False
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(entry.path, ignore_errors=True)
            return not os.path.lexists(entry.path)
        return False
    finally:
        os.close(fd)
