"""Odd files and odd moments: a hooks file that is gone, half written, or no file."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hooks.services import file_looking
from hooks.services.following import Follower
from tests.hooks.services.followed import SNMP, Write, codes, heal, in_force, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]


def test_a_file_that_is_gone_leaves_the_hooks_in_force(write: Write, path: Path) -> None:
    follower = Follower()
    write(SNMP)
    follower.look()
    path.unlink()
    follower.look()
    assert (row().state, len(in_force()), codes()) == ("missing", 3, [(0, "file_missing")])


def test_a_file_that_was_never_there_is_missing(path: Path) -> None:
    Follower().look()
    assert (row().state, in_force()) == ("missing", [])


@pytest.mark.parametrize("kind", ["folder", "pipe", "open to all", "loop"])
def test_odd_files_are_told_and_not_waited_for(write: Write, path: Path, kind: str) -> None:
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    else:
        write(SNMP)
        path.chmod(0o666)
    begun = time.monotonic()
    Follower().look()
    assert row().state == "unreadable"
    assert row().problems[0]["hint"]
    assert time.monotonic() - begun < 5


def test_rights_that_are_mended_are_seen(write: Write, path: Path) -> None:
    follower = Follower()
    write(SNMP)
    path.chmod(0o646)
    follower.look()
    assert in_force() == []
    path.chmod(0o640)
    follower.look()
    assert len(in_force()) == 3


def test_a_link_to_a_file_is_followed_where_it_leads(write: Write, path: Path, tmp_path: Path) -> None:
    (tmp_path / "one").write_text(f"hooks:\n{heal('workflow_failed', 'A')}")
    (tmp_path / "two").write_text(f"hooks:\n{heal('workflow_failed', 'B')}")
    path.symlink_to(tmp_path / "one")
    follower = Follower()
    follower.look()
    path.unlink()
    path.symlink_to(tmp_path / "two")
    follower.look()
    assert in_force() == [(1, "Hook: B")]


def test_a_file_that_changes_while_it_is_read_is_read_again(
    write: Write, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Follower()
    write(SNMP)
    follower.look()
    write(f"hooks:\n{heal('workflow_failed', 'A')}")
    monkeypatch.setattr(
        "hooks.services.following.plan_file", _writing(write, f"hooks:\n{heal('workflow_failed', 'B')}")
    )
    follower.look()
    assert len(in_force()) == 3
    monkeypatch.undo()
    follower.look()
    assert in_force() == [(1, "Hook: B")]


def _writing(write: Write, text: str) -> Callable[..., object]:
    from hooks.services.becoming import plan_file

    def plan(*args: object, **kwargs: object) -> object:
        write(text)
        return plan_file(*args, **kwargs)  # type: ignore[arg-type]

    return plan


def test_a_file_that_was_just_emptied_is_not_believed_at_once(
    write: Write, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = Follower()
    write(SNMP)
    follower.look()
    monkeypatch.setattr(file_looking, "EMPTY_SECONDS", 60)
    write("")
    follower.look()
    assert len(in_force()) == 3
    os.utime(path, (1, 1))
    follower.look()
    assert (in_force(), row().state) == ([], "followed")
