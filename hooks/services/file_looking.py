"""Looking at the hooks file on this machine: whether it changed, what is in it, or why it cannot be used."""

import errno
import os
import stat
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from hooks.services.reading import MOST_BYTES

SETTLED_SECONDS: Final = 0.1
"""A file that changed less long ago may be half written."""
EMPTY_SECONDS: Final = 1.0
"""The same of an empty one: whoever writes a file anew empties it first."""

Signature = tuple[int, ...]
"""What tells without reading whether a file changed."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the file cannot be read; `is_missing` when there is none."""

    code: str
    message: str
    hint: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What is in the file. More than the bound is cut off just behind it."""

    raw: bytes
    hash: str


def signature_of(path: str) -> Signature:
    """How the file looks from outside; the number of the error where it cannot be looked at."""
    try:
        found = os.stat(path)
    except (OSError, ValueError) as error:
        return (getattr(error, "errno", None) or errno.EINVAL,)
    return (found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def read_file(path: str) -> Content | Trouble | None:
    """What is in the file; None while it is being written."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        return _trouble(error)
    try:
        found = os.fstat(handle)
        if (trouble := _unfit(found)) is not None:
            return trouble
        raw = b""
        while len(raw) <= MOST_BYTES and (part := os.read(handle, MOST_BYTES + 1 - len(raw))):
            raw += part
        if not _is_settled(path, found, is_empty=not raw.strip()):
            return None
    except OSError as error:
        return _trouble(error)
    finally:
        os.close(handle)
    return Content(raw, sha256(raw).hexdigest())


def _is_settled(path: str, found: os.stat_result, *, is_empty: bool) -> bool:
    age = time.time() - found.st_mtime
    if is_empty and 0 <= age < EMPTY_SECONDS:
        return False
    if 0 <= age < SETTLED_SECONDS:
        time.sleep(SETTLED_SECONDS)
    now = os.stat(path)
    return (now.st_ino, now.st_size, now.st_mtime_ns) == (found.st_ino, found.st_size, found.st_mtime_ns)


def _unfit(found: os.stat_result) -> Trouble | None:
    if not stat.S_ISREG(found.st_mode):
        return Trouble("not_a_file", "This is no file.", "Name the hooks.conf itself.")
    if found.st_mode & stat.S_IWOTH:
        return Trouble(
            "writable_by_all",
            "Everybody on the machine may write to the file, and it says which functions are called.",
            "Take that right away: chmod o-w.",
        )
    return None


def _trouble(error: OSError | ValueError) -> Trouble:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Trouble(
            "file_missing", "The hooks config file doesn't exist.", "Put it there.", is_missing=True
        )
    said = (getattr(error, "strerror", None) or str(error)).lower()
    hint = "The workers need the right to read it."
    return Trouble("file_unreadable", f"The hooks config file cannot be read: {said}.", hint)
