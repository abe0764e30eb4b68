"""`manage.py new_node` writes two files that pass as they are."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from flows.management.scaffold import FOLDERS, NewNode

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def house(tmp_path):
    """A folder with one app, which keeps its nodes by kind, and one that does not."""
    for folder in FOLDERS.values():
        (tmp_path / "packs" / "nodes" / folder).mkdir(parents=True)
    (tmp_path / "flat" / "nodes").mkdir(parents=True)
    for folder in [*(tmp_path / "packs").glob("**/"), *(tmp_path / "flat").glob("**/")]:
        (folder / "__init__.py").touch()
    return tmp_path


def make(house, kind, name, app="packs"):
    out = StringIO()
    call_command("new_node", kind, name, app=app, root=house, stdout=out)
    return out.getvalue().split()


def run(house, *command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=house, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_both_files_are_where_they_belong(house):
    assert make(house, "filter", "rate-limit") == [
        "packs/nodes/filters/rate_limit.py",
        "tests/packs/nodes/filters/test_rate_limit.py",
    ]
    assert make(house, "enricher", "look-up", app="flat") == [
        "flat/nodes/look_up.py",
        "tests/flat/nodes/test_look_up.py",
    ]


@pytest.mark.slow
def test_what_is_written_passes_its_tests_and_the_linter(house):
    (house / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for kind in FOLDERS:
        make(house, kind, f"very-long-name-of-a-{kind}-that-folds-lines")
    run(house, "ruff", "check", "--no-cache", ".")
    run(house, "ruff", "format", "--check", "--no-cache", ".")
    run(house, "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "tests")


@pytest.mark.parametrize(
    ("name", "app", "reason"),
    [
        ("RateLimit", "packs", "words joined by dashes"),
        ("../evil", "packs", "words joined by dashes"),
        ("rate-limit", "nowhere", "no folder nodes"),
        ("webhook", "packs", "already"),
    ],
)
def test_what_cannot_be_written_is_refused_with_the_reason(house, name, app, reason):
    with pytest.raises(CommandError, match=reason):
        make(house, "filter", name, app)


def test_a_file_is_never_overwritten(house):
    new = NewNode(house, "packs", "filter", "rate-limit")
    new.write()
    new.module_path.write_text("mine")
    with pytest.raises(ValueError, match="already"):
        new.write()
    assert new.module_path.read_text() == "mine"
