"""Standing back: in a process of its own, for nobody can come forward again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hookflow_site.launcher import niceness

TELL = """
import os
from hookflow_site.launcher.niceness import OWN_GROUP, stand_back
before = os.nice(0)
stand_back(3)
print(os.nice(0) - before, OWN_GROUP.read_text())
"""


def test_a_session_of_its_own_stands_back_as_a_whole() -> None:
    if not niceness.OWN_GROUP.exists():
        pytest.skip("This system does not group processes by their session.")
    told = subprocess.run(
        [sys.executable, "-c", TELL], start_new_session=True, capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith("3 ")
    assert told.stdout.strip().endswith(" nice 3")


def test_the_kernel_is_asked_again_when_it_takes_no_more_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [BlockingIOError(), BlockingIOError(), None]
    written: list[str] = []

    def write(path: Path, text: str) -> int:
        if refused := answers.pop(0):
            raise refused
        written.append(f"{path}: {text}")
        return len(text)

    monkeypatch.setattr(os, "nice", lambda _: 0)
    monkeypatch.setattr(Path, "write_text", write)
    monkeypatch.setattr(niceness, "PAUSE_SECONDS", 0)
    niceness.stand_back(5)
    assert written == ["/proc/self/autogroup: 5"]


def test_a_system_without_such_groups_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "nice", lambda _: 0)
    monkeypatch.setattr(niceness, "OWN_GROUP", tmp_path / "none" / "autogroup")
    niceness.stand_back(5)
    assert not (tmp_path / "none").exists()
