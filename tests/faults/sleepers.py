"""Processes that sleep for a time that nobody else sleeps, so that a test knows its own."""

import secrets
from pathlib import Path


def new_marker() -> str:
    """Seconds that nobody else sleeps."""
    return f"300.{secrets.randbelow(10**9):09}"


def sleeping(marker: str) -> list[int]:
    """The processes that sleep for that long."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[:2] == [b"sleep", marker.encode()]:
                found.append(int(entry.name))
    return found
