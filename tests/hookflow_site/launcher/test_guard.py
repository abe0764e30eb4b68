"""A child that eats memory is ended, started again, and what it was at is said."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common import at_work
from hookflow_site.launcher import services
from hookflow_site.launcher.children import Child, Spec
from hookflow_site.launcher.config import read_config
from hookflow_site.launcher.guard import MIB, MemoryGuard, private_bytes
from hookflow_site.launcher.supervisor import Supervisor

EATER = """
import time
from common.at_work import doing
with doing("GET", "/calm"):
    pass
with doing("GET", "/hungry\\n\\x1b[31m", "request", "abc"):
    eaten = []
    while True:
        eaten.append(bytearray(16 << 20))
        for start in range(0, 16 << 20, 4096):
            eaten[-1][start] = 1
        time.sleep(PAUSE)
"""


def eater(folder: Path, pause: float) -> Spec:
    command = [sys.executable, "-c", EATER.replace("PAUSE", str(pause))]
    return services.noting(Spec("web", command, {"PATH": os.defpath}), folder)


@pytest.fixture
def own_signals() -> Iterator[None]:
    """The supervisor listens to signals; the tests behind it have theirs back."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.slow
@pytest.mark.usefixtures("own_signals")
@pytest.mark.parametrize("pause", [0.02, 0.0], ids=["steady", "as fast as it can"])
def test_child_past_the_limit_is_ended_and_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pause: float
) -> None:
    probe: Any = SimpleNamespace(is_ready=True, tick=lambda: False, close=lambda: None)
    supervisor = Supervisor([eater(tmp_path, pause)], [], probe, lambda: None, MemoryGuard(150 * MIB))
    look, said = supervisor.guard.look, ""
    end = time.monotonic() + 60

    def look_and_stop(children: list[Child]) -> None:
        nonlocal said
        look(children)
        said += capsys.readouterr().out
        if said.count("is ended") >= 2 or time.monotonic() > end:
            supervisor.stops = 1

    supervisor.guard.look = look_and_stop  # type: ignore[method-assign]
    assert supervisor.run() == 0
    assert said.count("more than the 150 MiB of CHILD_MEMORY_MB, and is ended.") == 2
    assert "web ended by SIGKILL; it starts again" in said
    assert "web was at: GET /hungry??[31m request abc (for " in said
    assert "/calm" not in said


@pytest.mark.slow
def test_kernel_refuses_what_is_faster_than_a_look(tmp_path: Path) -> None:
    code = "import sys; sys.stdin.read(1); bytearray(8 << 30)"
    child = Child(Spec("web", [sys.executable, "-c", code], {"PATH": os.defpath}))
    child.process = subprocess.Popen(child.spec.command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    MemoryGuard(150 * MIB).bound(child)
    _, said = child.process.communicate(b"x", timeout=60)
    assert b"MemoryError" in said


def test_limit_is_a_setting() -> None:
    assert read_config({}).child_memory == 1536 * MIB
    assert read_config({"CHILD_MEMORY_MB": "300"}).child_memory == 300 * MIB
    assert read_config({"CHILD_MEMORY_MB": "0"}).child_memory == 0


def test_memory_of_this_process_is_known() -> None:
    assert 5 * MIB < private_bytes(os.getpid()) < 4096 * MIB
    assert private_bytes(2**22 + 1) == 0


def test_board_tells_what_is_open_and_nothing_else(tmp_path: Path) -> None:
    board = at_work.Board(tmp_path / "board")
    slots = [board.begin(f"run {number}") for number in range(at_work.SLOTS + 5)]
    for slot in slots[3:]:
        board.end(slot)
    left = at_work.leftovers(tmp_path / "board")
    assert [text.partition(" (")[0] for text in left] == ["run 0", "run 1", "run 2"]
    board.end(slots[1])
    board.begin("x" * 1000)
    told = at_work.told(at_work.Board(tmp_path / "board").left)
    assert "run 1" not in told
    assert len(told) < 500


def test_no_board_is_no_fault(tmp_path: Path) -> None:
    assert at_work.leftovers(tmp_path / "nothing") == []
    (tmp_path / "odd").write_bytes(os.urandom(1000))
    assert isinstance(at_work.leftovers(tmp_path / "odd"), list)


def test_note_costs_next_to_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_work, "_board", at_work.Board(tmp_path / "board"))
    began = time.process_time()
    for _ in range(10_000):
        with at_work.doing("GET", "/api/v1/events/", "request", "0123456789abcdef"):
            pass
    assert time.process_time() - began < 1.0
