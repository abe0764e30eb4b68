"""A real Daphne with our bounds in it, and a small application that counts bodies."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.support.processes import free_port, wait_until

APP = """
from hookflow_site.asgi_limits import Envelope
from hookflow_site.daphne_limits import Limits, install

async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": str(len(message.get("text") or ""))})
        return
    total, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        total += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(total).encode() if scope["path"] != "/large" else bytes(64 << 20)
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

install(Limits(LIMITS))
application = Envelope(app)
"""


@contextmanager
def serving(folder: Path, limits: str = "") -> Iterator[tuple[int, psutil.Process]]:
    """The port and the process; `limits` are arguments of `Limits`."""
    (folder / "small_app.py").write_text(APP.replace("LIMITS", limits))
    port = free_port()
    root = Path(__file__).resolve().parents[2]
    errors = (folder / "errors").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "small_app:application"],
        cwd=folder,
        env={
            "PYTHONPATH": f"{folder}:{root}",
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "hookflow_site.settings",
        },
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    try:
        wait_until(lambda: _answers(port), "Daphne starts", 60)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(10)
        errors.close()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
