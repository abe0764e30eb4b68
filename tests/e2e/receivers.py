"""A real SMTP server and a real HTTP server, for the mails and requests of the flows under test."""

import json
import threading
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.processes import free_port, wait_until


class Mailbox:
    """Takes every mail that comes."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep it; aiosmtpd's name."""
        self.mails.append(BytesParser().parsebytes(envelope.original_content or b""))
        return "250 OK"

    @property
    def url(self) -> str:
        """What `EMAIL_URL` is set to."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    def wait_for(self, recipient: str, seconds: float = 20.0) -> Message:
        """The mail to a recipient, when it has come."""
        wait_until(lambda: bool(self._to(recipient)), f"A mail to {recipient} arrives", seconds)
        return self._to(recipient)[0]

    def _to(self, recipient: str) -> list[Message]:
        return [mail for mail in self.mails if recipient in str(mail["To"])]

    def stop(self) -> None:
        """No more."""
        self._controller.stop()


@dataclass(frozen=True)
class Received:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Sink:
    """Writes down every request, and answers with what the test put in for its path."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                """Take down and answer."""
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = json.loads(raw) if raw else None
                sink.received.append(Received(self.command, self.path, dict(self.headers), body))
                status, answer = sink.answers.get(self.path, (200, {}))
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, path: str, seconds: float = 20.0) -> Received:
        """The first request for a path, when it has come."""
        wait_until(lambda: bool(self.at(path)), f"A request for {path} arrives", seconds)
        return self.at(path)[0]

    def at(self, path: str) -> list[Received]:
        """All requests for a path."""
        return [request for request in self.received if request.path == path]

    def stop(self) -> None:
        """No more."""
        self._server.shutdown()
        self._server.server_close()
