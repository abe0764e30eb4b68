"""A peer that takes connections and never says a word."""

import socket
import threading
from contextlib import suppress
from types import TracebackType


class SilentPeer:
    """`with SilentPeer() as peer:` listens on a free port of 127.0.0.1; `arrived` is set at the first connection.

    Args:
        says: what it sends to each that comes, before it falls silent.
    """

    def __init__(self, says: bytes = b"") -> None:
        self._says = says
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self.arrived = threading.Event()
        self.connections: list[socket.socket] = []
        self._taker = threading.Thread(target=self._take, daemon=True)

    def __enter__(self) -> "SilentPeer":
        self._taker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._taker.join()
        for connection in self.connections:
            connection.close()

    @property
    def url(self) -> str:
        """Where it can be asked in vain."""
        return f"http://127.0.0.1:{self.port}/"

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            self.arrived.set()
            with suppress(OSError):  # it has gone already
                connection.sendall(self._says)
