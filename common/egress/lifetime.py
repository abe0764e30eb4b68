"""Ending connections from outside: whoever waits for one of them, in whatever thread, comes back."""

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from common.egress.errors import timed_out


def hang_up(connection: socket.socket) -> None:
    """End a connection that another thread may be waiting for.

    Not by the method of a TLS socket: that would say goodbye first, and the reader would take the rest for plain text.
    """
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class Lifetime:
    """How long connections may be used. `end` ends them at any time.

    Args:
        seconds: after which no new one is opened.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._held: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_over = False

    def left(self, host: str) -> float:
        """Seconds that are left for a call.

        Raises:
            EgressError: `timed_out`, when nothing is left; `host` is for the sentence.
        """
        left = self._until - time.monotonic()
        if self.is_over or left <= 0:
            raise timed_out(host, self._seconds)
        return left

    def hold(self, connection: socket.socket, host: str) -> Callable[[], None]:
        """Let `end` end this connection too, also after TLS has taken it over; call what is returned to let go.

        Raises:
            EgressError: `timed_out`, when it is over; the connection is closed then.
        """
        # A second handle: TLS takes the first one away, and the number of a closed one may soon be another's.
        handle = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            if not self.is_over:
                self._held.add(handle)
                return lambda: self._let_go(handle)
        handle.close()
        connection.close()
        raise timed_out(host, self._seconds)

    def end(self) -> None:
        """Hang up all connections; nothing is opened any more."""
        with self._lock:
            self.is_over = True
            held, self._held = self._held, set()
        for handle in held:
            hang_up(handle)
            handle.close()

    def _let_go(self, handle: socket.socket) -> None:
        with self._lock:
            self._held.discard(handle)
        handle.close()
