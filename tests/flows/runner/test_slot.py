"""A worker's place says who had it last only when that one is dead."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.at_work import VARIABLE
from flows.runner.slot import Slot

HOLDER = """
import sys, time
from pathlib import Path
from flows.runner.slot import Slot
slot = Slot(Path(sys.argv[1]))
print("took", slot.take("the-first"), flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "worker.owner"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"took")
        yield process
        process.kill()


def test_a_killed_owner_is_named_once(path: Path, holder: subprocess.Popen[bytes]) -> None:
    holder.kill()
    holder.wait()
    second, third = Slot(path), Slot(path)
    assert second.take("the-second") == "the-first"
    assert third.take("the-third") == ""
    second.leave()
    assert third.take("the-third") == "the-second"
    third.leave()


def test_a_frozen_owner_is_not_called_dead(path: Path, holder: subprocess.Popen[bytes]) -> None:
    os.kill(holder.pid, signal.SIGSTOP)
    assert Slot(path).take("the-second") == ""
    os.kill(holder.pid, signal.SIGCONT)
    assert Slot(path).take("the-second") == ""
    assert path.read_text() == "the-first"


def test_the_place_is_beside_the_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "worker"))
    slot = Slot.of_environment()
    slot.take("me")
    slot.leave()
    assert (tmp_path / "worker.owner").read_text() == "me"
    monkeypatch.delenv(VARIABLE)
    assert Slot.of_environment().take("me") == ""
