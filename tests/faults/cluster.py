"""A Proxmox VE over TLS whose answers can be held back after what they tell of is done."""

import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from common.http import HttpAnswer
from tests.inventory.services.proxmox_cluster import Cluster
from tests.support.certificates import self_signed


class ClusterServer:
    """The cluster at work.

    Attributes:
        held: set when a call is there whose answer is held back.
    """

    def __init__(self, folder: Path) -> None:
        self.cluster = Cluster()
        self._holds = ""
        self.held = threading.Event()
        self._released = threading.Event()
        pair = self_signed("localhost")
        self.ca = pair.certificate
        keys = folder / "cluster.pem"
        keys.write_text(pair.certificate + pair.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(keys)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._answer))
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://localhost:{self._server.server_address[1]}"
        self._lock = threading.Lock()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, method: str, path: str, content: bytes) -> HttpAnswer:
        with self._lock:
            answer = self.cluster(method, f"{self.url}{path}", {"content": content})
        if method != "GET" and urlsplit(path).path.rpartition("/")[2] == self._holds:
            self._holds = ""
            self.held.set()
            self._released.wait(120)
        return answer

    def hold(self, change: str) -> None:
        """Hold back the answer to the next change whose path ends so, such as `clone`; it is done all the same."""
        self.held.clear()
        self._holds = change

    def stop(self) -> None:
        """No more."""
        self._released.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(answer: Callable[[str, str, bytes], HttpAnswer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """One call."""
            length = int(self.headers.get("Content-Length") or 0)
            told = answer(self.command, self.path, self.rfile.read(length))
            self.send_response(told.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
