"""A worker's place on this machine: who had it last, and the certainty that that process is dead."""

import fcntl
import os
from pathlib import Path
from typing import Final

from common.at_work import VARIABLE

MOST_BYTES: Final = 200


class Slot:
    """A small file with the lease owner's name, locked for as long as that process lives.

    The kernel keeps the lock while the process is frozen and drops it at its death, whatever ended it. So whoever gets
    the lock knows that the owner named in the file is dead, and may end its leases before their time.

    Args:
        path: the file; None is a worker without a place, whose leases end by the clock alone.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None

    @classmethod
    def of_environment(cls) -> "Slot":
        """Beside the board of what this process is at, which also outlives it."""
        board = os.environ.get(VARIABLE)
        return cls(Path(f"{board}.owner") if board else None)

    def take(self, owner: str) -> str:
        """Take the place; the owner that had it before and is dead, or nothing.

        Raises:
            OSError: the file cannot be used.
        """
        if self._path is None:
            return ""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return ""
        self._file = file
        last = os.pread(file, MOST_BYTES, 0).decode(errors="replace")
        os.ftruncate(file, 0)
        os.pwrite(file, owner.encode(), 0)
        return last

    def leave(self) -> None:
        """Let others have it; the end of the process does the same."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
