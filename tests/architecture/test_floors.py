"""No package runs, or is locked, below the version that closed its known holes."""

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
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


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: str(floor["package"]))
def test_floor_is_reviewed_within_ninety_days_of_its_entry(floor: dict[str, Any]) -> None:
    reviewed: date | None = floor.get("reviewed")
    assert reviewed is not None or datetime.now(UTC).date() - floor["added"] <= REVIEW_EVERY
    assert reviewed is None or reviewed >= floor["added"]
    assert floor["why"]


def test_each_package_has_one_floor() -> None:
    names = [floor["package"].lower() for floor in FLOORS]
    assert len(names) == len(set(names))


def test_every_locked_package_has_hashes() -> None:
    text = (ROOT / "requirements" / "base.txt").read_text()
    entries = re.split(r"(?m)^(?=[\w.-]+(?:\[\w+\])?==)", text)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
