"""The command lines of what hookflow consists of."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from common.at_work import VARIABLE
from hookflow_site.launcher.children import PYTHON, Spec

WORKER_NICENESS = 5
"""What waits at the doors comes before flows at work: they have a queue, a person or another system has none."""


def web(number: int, listener: int, env: Mapping[str, str]) -> Spec:
    """A web process on the launcher's listening socket."""
    command = (*PYTHON, "hookflow_site.web", "--fd", str(listener))
    return Spec(_name("web", number), command, env, pass_fds=(listener,))


def worker(number: int, env: Mapping[str, str]) -> Spec:
    """A Celery worker: the runner lives in it."""
    command = (*PYTHON, "hookflow_site.worker", str(number))
    return Spec(_name("worker", number), command, env, niceness=WORKER_NICENESS)


def noting(spec: Spec, folder: Path) -> Spec:
    """The same, with a board for what it is at."""
    board = folder / spec.name
    return replace(spec, board=board, env={**spec.env, VARIABLE: str(board)})


def _name(kind: str, number: int) -> str:
    return kind if number == 1 else f"{kind}-{number}"
