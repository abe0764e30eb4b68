"""Waiting for what another program does in its own time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(look: Callable[[], T | None], seconds: float = 15.0) -> T:
    """What `look` gives, as soon as that is something.

    Raises:
        AssertionError: it was nothing all the time.
    """
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"nothing within {seconds} s"
        time.sleep(0.1)
