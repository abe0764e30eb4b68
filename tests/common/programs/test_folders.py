"""The folders that programs work in."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from common.programs import folders
from common.programs.folders import own_folder, sweep_folders

MAKES_ONE = """
import sys, time
from common.programs.folders import own_folder
with own_folder() as folder:
    (folder / "left").write_text("x")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of the test's own, and nothing is too young."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(folders, "SPARED_SECONDS", -1.0)
    return tmp_path


def test_a_folder_goes_at_the_end_and_is_left_alone_before(place: Path):
    with own_folder() as folder:
        assert sweep_folders() == 0
        assert folder.is_dir()
    assert list(place.iterdir()) == []


def test_that_of_a_process_that_was_killed_is_swept(place: Path):
    env = {**os.environ, "TMPDIR": str(place)}
    process = subprocess.Popen([sys.executable, "-c", MAKES_ONE], env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        folder = Path(process.stdout.readline().strip())
    assert sweep_folders() == 0
    process.kill()
    process.wait()
    assert (folder / "left").exists()
    assert sweep_folders() == 1
    assert not folder.exists()


def test_what_is_young_or_something_else_stays(place: Path, monkeypatch: pytest.MonkeyPatch):
    old, target = place / "hookflow-program-link", place / "precious"
    target.mkdir()
    old.symlink_to(target)
    (place / "hookflow-program-file").write_text("x")
    assert sweep_folders() == 0
    assert target.is_dir()
    monkeypatch.setattr(folders, "SPARED_SECONDS", 60.0)
    (place / "hookflow-program-young").mkdir()
    assert sweep_folders() == 0
    assert time.time() - (place / "hookflow-program-young").stat().st_ctime < 60
