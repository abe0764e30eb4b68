"""A real web server with our bounds in it, and a small application that counts bodies."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.support.processes import free_port, wait_until

SERVERS = ("daphne", "uvicorn")
APP = """
import asyncio
import json
import sys
from importlib import import_module

from hookflow_site.web.bounds import Limits
from hookflow_site.web.envelope import Envelope
from hookflow_site.web.listening import listen

async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            text = message.get("text") or ""
            for _ in range(64 if text == "flood" else 0):
                await send({"type": "websocket.send", "text": "x" * (1 << 20)})
            await send({"type": "websocket.send", "text": str(len(text))})
        return
    total, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        total += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(total).encode() if scope["path"] != "/large" else bytes(64 << 20)
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    if scope["path"].startswith("/seen"):
        told = {name: scope[name] for name in ("path", "scheme", "root_path")}
        told |= {"client": scope["client"][0], "query_string": scope["query_string"].decode()}
        told["headers"] = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
        body = json.dumps(told).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

serve = import_module(f"hookflow_site.web.on_{sys.argv[1]}.serve").serve
serve(Envelope(app), listen("127.0.0.1", int(sys.argv[2])), Limits(LIMITS))
"""


@contextmanager
def serving(server: str, folder: Path, limits: str = "") -> Iterator[tuple[int, psutil.Process]]:
    """The port and the process; `limits` are arguments of `Limits`."""
    (folder / "small_app.py").write_text(APP.replace("LIMITS", limits))
    port = free_port()
    root = Path(__file__).resolve().parents[2]
    errors = (folder / "errors").open("wb")
    process = subprocess.Popen(
        [sys.executable, "small_app.py", server, str(port)],
        cwd=folder,
        env={
            "PYTHONPATH": str(root),
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "hookflow_site.settings",
        },
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    try:
        wait_until(lambda: _answers(port), f"{server} starts", 60)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        assert process.wait(10) == 0
        errors.close()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
