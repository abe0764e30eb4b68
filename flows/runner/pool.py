"""Threads for blocking work, whose database connections are closed with them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections


class DatabasePool(ThreadPoolExecutor):
    """A thread pool that closes the connection of each of its threads when it is shut down."""

    def __init__(self, workers: int, name: str) -> None:
        self._connections: list[Any] = []
        super().__init__(workers, thread_name_prefix=name, initializer=self._remember)

    def _remember(self) -> None:
        mine = connections[connection.alias]
        mine.inc_thread_sharing()
        self._connections.append(mine)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads, then their connections."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            # On a thread, because Django refuses to close from one that has an event loop.
            closer = threading.Thread(target=self._close)
            closer.start()
            closer.join()

    def _close(self) -> None:
        for mine in self._connections:
            mine.close()
