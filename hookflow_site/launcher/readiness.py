"""Asks `/readyz` until it says yes, without ever waiting."""

import contextlib
import socket
import time

ANSWER_BYTES = 64
PAUSE, PATIENCE = 0.1, 5.0


class ReadinessProbe:
    """One question at a time over a fresh connection.

    The listening socket is the launcher's own, so the first question waits in its queue until web is up.
    """

    def __init__(self, host: str, port: int) -> None:
        self.where = (host, port)
        self.is_ready = False
        self._socket: socket.socket | None = None
        self._asked = 0.0

    def tick(self) -> bool:
        """Go one step; True once, when the answer is yes."""
        now = time.monotonic()
        if self.is_ready or (self._socket is None and now - self._asked < PAUSE):
            return False
        if self._socket is None:
            self._ask(now)
        elif self._answer().startswith(b"HTTP/1.1 200"):
            self.is_ready = True
        elif now - self._asked > PATIENCE:
            self.close()
        return self.is_ready

    def close(self) -> None:
        """Forget the question that is open."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, now: float) -> None:
        self._asked = now
        with contextlib.suppress(OSError):
            self._socket = socket.create_connection(self.where, timeout=0.5)
            self._socket.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            self._socket.setblocking(False)

    def _answer(self) -> bytes:
        assert self._socket is not None  # noqa: S101  # asked before
        try:
            answer = self._socket.recv(ANSWER_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            answer = b""
        self.close()
        return answer
