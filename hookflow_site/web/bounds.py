"""What connections may cost, whichever server has them."""

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hookflow_site.proxies import Network

SMALL_BODY: Final = 100_000
"""Bytes of a body that are kept in memory; a larger one goes to a file, in parts of `FILE_PART`."""
FILE_PART: Final = 262_144
FILES_KEPT: Final = 200
"""File descriptors for all that is no client: databases, temporary files, outside systems."""

MOST_MESSAGE: Final = 16_384
"""Bytes of a websocket's message from a client; ours only ask whether the line still holds."""
MOST_UNSENT: Final = 4 * 1_048_576
"""Bytes that wait for the client of a websocket which does not read."""
FRAMES_AT_ONCE, FRAMES_A_SECOND = 60.0, 5.0
POLICY_VIOLATION: Final = 1008
PING_SECONDS, PONG_SECONDS = 20, 30
CLOSE_SECONDS: Final = 5
"""Until the application's answers are given up when the server is to stop."""


@dataclass(frozen=True)
class Limits:
    """What connections may cost.

    Args:
        connections: in all.
        per_address: from one client address; a listed proxy has as many as there are.
        trusted: the listed proxies.
        head_seconds: for a request's line and headers, from the first byte or the connection's beginning.
        idle_seconds: between two requests of one connection.
        body_seconds: for a body of no size; each `body_rate` bytes add a second.
        body_rate: the least rate of a body and of reading an answer, in bytes a second.
        held_bytes: bodies that are not complete or not answered yet, of all connections together.
        linger_seconds: how long a sender is heard, unread, after a refusal, so that the answer arrives.
    """

    connections: int = 2000
    per_address: int = 256
    trusted: Sequence[Network] = ()
    head_seconds: float = 15.0
    idle_seconds: float = 60.0
    body_seconds: float = 20.0
    body_rate: int = 4096
    held_bytes: int = 256 * 1_048_576
    linger_seconds: float = 10.0


class Frames:
    """How many more frames a websocket's client may send."""

    def __init__(self) -> None:
        self._left = FRAMES_AT_ONCE
        self._counted = time.monotonic()

    def take(self, count: int = 1) -> bool:
        """Count some; False when they are too many."""
        now = time.monotonic()
        self._left = min(FRAMES_AT_ONCE, self._left + (now - self._counted) * FRAMES_A_SECOND) - count
        self._counted = now
        return self._left >= 0


def within_files(limits: Limits, *, accepted_at_once: int = 0) -> Limits:
    """As many connections as there may be files; the soft limit is raised as far as it goes.

    Args:
        accepted_at_once: how many the server takes from the system before it asks for a seat.
    """
    kept = FILES_KEPT + accepted_at_once
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections + kept
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft == resource.RLIM_INFINITY:
        return limits
    return replace(limits, connections=min(limits.connections, max(64, soft - kept)))
