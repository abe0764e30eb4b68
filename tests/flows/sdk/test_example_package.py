"""The package in docs/plugins.md, written out: it passes strict types, its own tests, and comes into the registries."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flows.sdk import event_types, node_types
from flows.sdk.loading import load
from flows.sdk.registry import forget_module

ROOT = Path(__file__).resolve().parents[3]
FILE = re.compile(r"`([\w/]+\.(?:toml|py))`:\n\n```\w+\n(.*?)```", re.DOTALL)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, text in FILE.findall((ROOT / "docs" / "plugins.md").read_text()):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def run(package: Path, *command: str) -> None:
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = {**plain, "MYPYPATH": str(ROOT), "PYTHONPATH": f"{package}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=package, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_it_is_typed_strictly_against_the_sdk(package: Path):
    run(package, "mypy", "--strict", "acme_hookflow", "tests")


@pytest.mark.slow
def test_its_own_tests_pass(package: Path):
    run(package, "pytest", "-q", "-p", "no:django", "tests")


def test_its_types_come_into_the_registries(package: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(package)
    importlib.invalidate_caches()
    try:
        assert [*load("acme_hookflow.nodes", "acme"), *load("acme_hookflow.event_types", "acme")] == []
        assert node_types.get("acme-shout").meta.retry.attempts == 3
        assert event_types.get("acme.called").sample == {"caller": "ada"}
    finally:
        forget_module("acme_hookflow")
        for name in [found for found in sys.modules if found.partition(".")[0] == "acme_hookflow"]:
            del sys.modules[name]


def test_the_sdk_says_that_it_is_typed():
    assert (ROOT / "flows" / "py.typed").is_file()
    assert (ROOT / "common" / "py.typed").is_file()
