"""No package runs, or is locked, below the version that closed its known holes."""

import re
import subprocess
import tomllib
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
FLOORS: list[dict[str, Any]] = tomllib.loads((ROOT / "security" / "floors.toml").read_text())["floor"]
REVIEW_EVERY = timedelta(days=90)


def locked_versions() -> dict[str, Version]:
    """Package name in lower case → version, from the lock file."""
    text = (ROOT / "requirements" / "base.txt").read_text()
    return {
        name.lower(): Version(number)
        for name, number in re.findall(r"(?m)^([\w.-]+)(?:\[\w+\])?==([^\s;\\]+)", text)
    }


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: str(floor["package"]))
def test_installed_and_locked_version_is_at_least_the_floor(floor: dict[str, Any]) -> None:
    least = Version(floor["version"])
    assert Version(version(floor["package"])) >= least, floor["why"]
    locked = locked_versions().get(floor["package"].lower())
    assert locked is not None, "It is not in requirements/base.txt."
    assert locked >= least, floor["why"]


def last_lock_change() -> date | None:
    """The day of the newest commit that changed the lock file; None where the history is not all there."""

    def git(*arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if git("rev-parse", "--is-shallow-repository") != "false":
            return None
        day = git("log", "-1", "--format=%cs", "--", "requirements/base.txt")
    except (OSError, subprocess.CalledProcessError):
        return None
    return date.fromisoformat(day) if day else None


def is_overdue(reviewed: date, changed: date) -> bool:
    """Whether the packages changed so long after the last look at their advisories that another is due."""
    return changed - reviewed > REVIEW_EVERY


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: str(floor["package"]))
def test_floor_says_why_and_when_it_was_reviewed(floor: dict[str, Any]) -> None:
    assert floor["why"]
    assert floor["reviewed"] >= floor["added"]


def test_packages_do_not_change_long_after_the_last_review() -> None:
    changed = last_lock_change()
    if changed is None:
        pytest.skip("the history of requirements/base.txt is not here")
    overdue = [floor["package"] for floor in FLOORS if is_overdue(floor["reviewed"], changed)]
    assert overdue == [], "Look for newer advisories of these, then set `reviewed` in security/floors.toml."


def test_review_is_overdue_after_ninety_days() -> None:
    assert not is_overdue(date(2026, 1, 1), date(2026, 4, 1))
    assert is_overdue(date(2026, 1, 1), date(2026, 4, 2))


def test_each_package_has_one_floor() -> None:
    names = [floor["package"].lower() for floor in FLOORS]
    assert len(names) == len(set(names))


def test_every_locked_package_has_hashes() -> None:
    text = (ROOT / "requirements" / "base.txt").read_text()
    entries = re.split(r"(?m)^(?=[\w.-]+(?:\[\w+\])?==)", text)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
