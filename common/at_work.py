"""What this process is at, in a small file that outlives it: whoever finds the process dead can say what it died of.

The file is shared memory, so a note costs a microsecond, and the kernel keeps it whatever ends the process.
"""

import mmap
import os
import struct
import time
from pathlib import Path
from typing import Final

VARIABLE: Final = "HOOKFLOW_AT_WORK"
"""Names the file; without it nothing is noted."""
SLOTS: Final = 512
SLOT_BYTES: Final = 192
MOST_TOLD: Final = 8
_HEAD: Final = struct.Struct("<dH")
_ROOM: Final = SLOT_BYTES - _HEAD.size


class Board:
    """Notes of one process, each in a slot of its own."""

    def __init__(self, path: Path) -> None:
        self.left = leftovers(path)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.ftruncate(descriptor, SLOTS * SLOT_BYTES)
            self._map = mmap.mmap(descriptor, SLOTS * SLOT_BYTES)
        finally:
            os.close(descriptor)
        self._free = list(range(SLOTS - 1, -1, -1))

    def begin(self, text: str) -> int:
        """Note something; where it stands. A full board notes nothing more."""
        try:
            slot = self._free.pop()
        except IndexError:
            return -1
        raw = text.encode("utf-8", "replace")[:_ROOM]
        start = slot * SLOT_BYTES
        self._map[start : start + _HEAD.size + len(raw)] = _HEAD.pack(time.time(), len(raw)) + raw
        return slot

    def end(self, slot: int) -> None:
        if slot >= 0:
            _HEAD.pack_into(self._map, slot * SLOT_BYTES, 0.0, 0)
            self._free.append(slot)


def leftovers(path: Path) -> list[str]:
    """What a process that is gone was at, the longest first, each with its age; safe to print."""
    try:
        raw = path.read_bytes()
    except OSError:
        return []
    found = []
    for start in range(0, len(raw) - SLOT_BYTES + 1, SLOT_BYTES):
        began, size = _HEAD.unpack_from(raw, start)
        if size:
            text = raw[start + _HEAD.size : start + _HEAD.size + min(size, _ROOM)]
            found.append((began, _printable(text.decode("utf-8", "replace"))))
    now = time.time()
    return [f"{text} (for {now - began:.1f} s)" for began, text in sorted(found)]


def told(notes: list[str]) -> str:
    """Notes as one line."""
    more = f" and {len(notes) - MOST_TOLD} more" if len(notes) > MOST_TOLD else ""
    return f"{'; '.join(notes[:MOST_TOLD])}{more}" if notes else "nothing that it noted"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _open() -> Board | None:
    path = os.environ.get(VARIABLE)
    try:
        return Board(Path(path)) if path else None
    except OSError:
        return None


_board = _open()


def open_board() -> None:
    """Read the environment again: a forked process has another board."""
    global _board  # noqa: PLW0603 - the one board of the process
    _board = _open()


def left_by_the_last() -> list[str]:
    """What the process before this one was at when it ended; empty when it ended as it should."""
    return _board.left if _board else []


# Named as it reads in a `with`, like `suppress`. A generator instead would cost each request three times as much.
class doing:
    """Note what is done within."""

    __slots__ = ("_slot", "_words")

    def __init__(self, *words: object) -> None:
        self._words = words
        self._slot = -1

    def __enter__(self) -> None:
        if _board is not None:
            self._slot = _board.begin(" ".join(map(str, self._words)))

    def __exit__(self, *failure: object) -> None:
        if _board is not None:
            _board.end(self._slot)
