"""An HTTP server that writes down what reaches it."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Sink:
    """Keeps, for each event number, the idempotency keys of the deliveries in order.

    Args:
        is_holding: it answers nobody until it is told to.
        on_call: what happens when the event of that number comes in.
    """

    def __init__(
        self, *, is_holding: bool = False, on_call: Callable[[int], None] = lambda number: None
    ) -> None:
        self.keys: dict[int, list[str]] = defaultdict(list)
        self._may_answer = threading.Event()
        if not is_holding:
            self._may_answer.set()
        lock, keys, may_answer = threading.Lock(), self.keys, self._may_answer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                """Take down and answer."""
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    keys[body["id"]].append(self.headers.get("Idempotency-Key", ""))
                on_call(body["id"])
                may_answer.wait()
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/deliver"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self) -> None:
        """Answer who is there and who comes."""
        self._may_answer.set()

    def stop(self) -> None:
        """No more."""
        self.answer()
        self._server.shutdown()
        self._server.server_close()
