"""`python -m hookflow_site.launcher.mould CHANNEL`: loads the program once; web and workers are cast from it.

Loading takes two seconds, a fork some hundredths. So the runs of a killed worker go on at once, a start loads
everything once instead of once a process, and what is loaded lies in memory once.

Over the channel, a socket that keeps messages apart, the mould says `READY`. Each order after that is JSON, see
`Order`, with the file descriptor of the output; the answer is the new process's id. A cast process becomes a child of
the launcher, which is a subreaper: nothing hangs on the mould's life.
"""

import gc
import json
import os
import runpy
import socket
import sys
import threading
import time
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Final

from hookflow_site.launcher.deaths import die_with_parent

READY: Final = b"ready"
MAX_MESSAGE: Final = 65_536
MOST_ADOPTION_SECONDS: Final = 5.0
PROGRAM: Final = (
    "hookflow_site.asgi",
    "hookflow_site.web.__main__",
    "hookflow_site.celery",
    "celery.apps.worker",
    "kombu.transport.redis",
    "flows.runner.bootstep",
)


@dataclass(frozen=True, slots=True)
class Order:
    """What to cast.

    Args:
        module: run as `python -m` does.
        arguments: its arguments.
        title: the command line that others see.
        env: what its environment has besides the mould's.
        niceness: how far it stands back.
        launcher: the process id of its parent to be.
    """

    module: str
    arguments: list[str]
    title: str
    env: dict[str, str]
    niceness: int
    launcher: int

    def packed(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def main() -> None:
    """Serve orders until the launcher hangs up."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    gc.disable()
    _load()
    if threading.active_count() > 1:
        sys.exit("A package starts threads while it is loaded; such a program cannot be cast.")
    gc.freeze()  # a pass of the collector would write to all of it, and so copy it; it would also take 200 ms
    channel.send(READY)
    while True:
        message, outputs, _, _ = socket.recv_fds(channel, MAX_MESSAGE, 1)
        if not message:
            return
        order = Order(**json.loads(message))
        if (process := _cast(order, outputs[0])) is None:
            channel.close()
            _become(order, outputs[0])
            return
        os.close(outputs[0])
        channel.send(str(process).encode())


def _load() -> None:
    for name in PROGRAM:
        import_module(name)
    from django.conf import settings

    server = import_module(f"hookflow_site.web.on_{settings.WEB_SERVER}")
    for name in server.SAFE_BEFORE_FORK:
        import_module(name)


def _cast(order: Order, output: int) -> int | None:
    """The new process's id; None in the new process itself."""
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        process = os.fork()
        if process:
            os.write(writing, str(process).encode())
            os._exit(0)  # which makes the launcher its parent
        os.close(reading)
        os.close(writing)
        return None
    os.close(writing)
    os.waitpid(between, 0)
    process = int(os.read(reading, 32))
    os.close(reading)
    return process


def _become(order: Order, output: int) -> None:
    os.setsid()
    os.nice(order.niceness)
    os.dup2(output, sys.stdout.fileno())
    os.dup2(output, sys.stderr.fileno())
    os.close(output)
    _wait_for_adoption(order.launcher)
    die_with_parent(order.launcher)
    os.environ.update(order.env)

    from setproctitle import setproctitle

    from common import at_work

    setproctitle(order.title)
    at_work.open_board()
    sys.argv[1:] = order.arguments
    runpy.run_module(order.module, run_name="__main__", alter_sys=True)


def _wait_for_adoption(launcher: int) -> None:
    end = time.monotonic() + MOST_ADOPTION_SECONDS
    while os.getppid() != launcher and time.monotonic() < end:
        time.sleep(0.001)


if __name__ == "__main__":
    main()
