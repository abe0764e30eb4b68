"""A private Valkey on a Unix socket in a short temporary folder."""

import shutil
import signal
import tempfile
from pathlib import Path

import redis

from hookflow_site.launcher.valkey import valkey_binary
from tests.support.processes import Server, wait_until


class Valkey:
    """One server without persistence. After `kill()`, `start()` brings an empty one to the same socket."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hf-vk-", dir="/tmp"))
        self.socket = self.folder / "s"
        self.start()

    @property
    def url(self) -> str:
        """The value of `REDIS_URL`."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        quiet = ("--port", "0", "--save", "", "--appendonly", "no", "--dir", self.folder)
        self.server = Server(
            [valkey_binary(), "--unixsocket", self.socket, *quiet], self.folder / "valkey.log"
        )
        wait_until(self._answers, "Valkey answers")

    def kill(self) -> None:
        """End it at once; what it held is lost."""
        self.server.kill()

    def flush(self) -> None:
        """FLUSHALL."""
        with self.client() as client:
            client.flushall()

    def client(self) -> redis.Redis:
        """A connection of redis-py."""
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)

    def stop(self) -> None:
        """End it and remove its folder."""
        self.server.stop(signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        if not self.server.is_alive:
            raise RuntimeError(f"Valkey did not start:\n{self.server.tail()}")
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
