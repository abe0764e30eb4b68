"""A server on a thread that fails in one way and says back everything that it was sent, secrets among it."""

import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any, ClassVar

SILENCE = 3.0
"""Seconds; longer than whoever asks waits."""
Good = Mapping[str, Any]
"""What is answered properly: by the end of the path, a JSON value, or a callable that takes the server's URL."""


@dataclass
class Told:
    """How it fails; a test changes it before it asks."""

    failure: str = "401"
    good: Good = field(default_factory=dict)
    received: list[str] = field(default_factory=list)


class EchoHandler(BaseHTTPRequestHandler):
    """Answers a request over HTTP."""

    told: ClassVar[Told]
    url: ClassVar[str]

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the log is looked through."""

    def answer(self) -> None:
        """Properly where it shall, and else as the failure is."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("latin-1")
        headers = dict(self.headers.items())
        said = json.dumps({"target": self.path, "headers": headers, "body": body})
        self.told.received.append(said)
        path = self.path.partition("?")[0]
        good = next((value for end, value in self.told.good.items() if path.endswith(end)), None)
        if good is not None:
            return self.say(200, json.dumps(good(self.url) if callable(good) else good))
        failure = self.told.failure
        if failure.isdigit():
            return self.say(int(failure), json.dumps(_refusal(said)))
        return _HOW[failure](self, said)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

    def say(self, status: int, body: str, kind: str = "application/json", **headers: str) -> None:
        """One answer, whose headers echo too."""
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close", **headers}
        for name, value in {**headers, "X-Echo": self.headers.get("Authorization", "")}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body.encode())


def _refusal(said: str) -> dict[str, Any]:
    """A refusal in the shapes of all that are imitated here."""
    return {
        "message": said,
        "error": {"code": said, "message": said},
        "error_description": said,
        "errors": [said, {"message": said, "code": said, "field": said}],
        "data": None,
    }


def _raw(handler: EchoHandler, data: bytes) -> None:
    handler.wfile.write(data)
    handler.close_connection = True


_HOW: dict[str, Callable[[EchoHandler, str], None]] = {
    "other host": lambda h, said: h.say(302, said, Location=f"http://198.51.100.7{h.path}"),
    "other scheme": lambda h, said: h.say(307, said, Location=f"file://{h.path}"),
    "loop": lambda h, said: h.say(302, said, Location=h.path),
    "bad json": lambda h, said: h.say(200, said[:-1] + ", "),
    "deep json": lambda h, said: h.say(200, '{"a":' * 50_000 + said),
    "a page": lambda h, said: h.say(200, f"<html><title>{said}</title></html>", "text/html"),
    "a list": lambda h, said: h.say(200, json.dumps([said, [said], {"id": said}])),
    "a text": lambda h, said: h.say(200, json.dumps(said)),
    "nothing": lambda h, said: h.say(200, "null"),
    "echo": lambda h, said: h.say(200, said),
    "deep refusal": lambda h, said: h.say(422, '{"errors":' * 50_000 + said),
    "object errors": lambda h, said: h.say(400, json.dumps({"errors": {said: said}, "error": said})),
    "huge": lambda h, said: h.say(200, said.ljust(9_000_000)),
    "cut": lambda h, said: h.say(200, said, Content_Length=str(len(said) + 100)),
    "no http": lambda h, said: _raw(h, said.encode() + b"\r\n\r\n"),
    "bad head": lambda h, said: _raw(h, f"HTTP/1.1 99999 {said}\r\n{said}\r\n\r\n".encode()),
    "hang up": lambda h, said: _raw(h, b""),
    "silence": lambda h, said: time.sleep(SILENCE),
}
STATUSES = ("400", "401", "403", "404", "422", "429", "500")
FAILURES = (*STATUSES, *_HOW)
MAY_WORK = frozenset({"a page", "a list", "a text", "nothing", "echo", "bad json", "deep json"})
"""After these a connector may as well go on."""


class LineHandler(BaseRequestHandler):
    """Answers what is no HTTP: a trapper of Zabbix, or a mail server."""

    told: ClassVar[Told]

    def handle(self) -> None:
        """As the failure says."""
        with contextlib.suppress(OSError):
            _ZABBIX.get(self.told.failure, _smtp)(self)

    def packet(self, answer: bytes, length: int | None = None) -> None:
        """One answer of a trapper."""
        self.request.sendall(b"ZBXD\x01" + struct.pack("<II", len(answer) if length is None else length, 0))
        self.request.sendall(answer)

    def asked(self) -> bytes:
        """What came in one piece."""
        data: bytes = self.request.recv(65_536)
        self.told.received.append(data.decode("latin-1"))
        return data


def _zabbix_refuses(handler: LineHandler) -> None:
    said = handler.asked().decode("latin-1")
    handler.packet(json.dumps({"response": "failed", "info": said}).encode())


_ZABBIX: dict[str, Callable[[LineHandler], None]] = {
    "refused": _zabbix_refuses,
    "info": lambda h: h.packet(
        json.dumps({"response": "success", "info": h.asked().decode("latin-1")}).encode()
    ),
    "no packet": lambda h: h.request.sendall(h.asked()),
    "bad packet": lambda h: h.packet(h.asked()),
    "deep packet": lambda h: h.packet(b'{"a":' * 50_000 + h.asked()),
    "long packet": lambda h: h.packet(h.asked(), 1 << 31),
    "closed": lambda h: None,
    "silent": lambda h: time.sleep(SILENCE),
}
TRAPPER_FAILURES = tuple(_ZABBIX)


def _smtp(handler: LineHandler) -> None:
    """Goes along up to a step, and refuses there in the words of who asks."""
    refuses = handler.told.failure.removeprefix("at ")
    handler.request.sendall(b"421 busy\r\n" if refuses == "greeting" else b"220 ready\r\n")
    said = ""
    while line := handler.asked().decode("latin-1").strip():
        said = f"{said} {line}".replace("\r\n", " ")[-600:]
        verb = line.split(" ")[0].upper()
        if verb == refuses:
            handler.request.sendall(f"535-{said}\r\n535 5.7.8 {said}\r\n".encode("latin-1"))
        elif verb == "EHLO":
            handler.request.sendall(b"250-here\r\n250 AUTH PLAIN LOGIN\r\n")
        else:
            codes = {"AUTH": b"235 in\r\n", "DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}
            handler.request.sendall(codes.get(verb, b"250 fine\r\n"))


MAIL_FAILURES = ("at greeting", "at EHLO", "at AUTH", "at MAIL", "at RCPT", "at DATA", "closed", "silent")


@contextlib.contextmanager
def echoing(tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, Told]]:
    """A server for HTTP: its URL, and how it fails."""
    told = Told()
    handler = type("Handler", (EchoHandler,), {"told": told, "url": ""})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    handler.url = f"{'https' if tls else 'http'}://localhost:{server.server_address[1]}"
    with _served(server):
        yield handler.url, told


@contextlib.contextmanager
def echoing_lines() -> Iterator[tuple[int, Told]]:
    """A server for what is no HTTP: its port, and how it fails."""
    told = Told()
    server = ThreadingTCPServer(("127.0.0.1", 0), type("Handler", (LineHandler,), {"told": told}))
    server.daemon_threads = True
    with _served(server):
        yield server.server_address[1], told


@contextlib.contextmanager
def _served(server: Any) -> Iterator[None]:
    server.handle_error = lambda request, address: None  # who asks hangs up at will
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
