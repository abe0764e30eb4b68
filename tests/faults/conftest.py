"""Installations of processes, and servers that write down what reaches them."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.platform import ROOT, Platform
from tests.faults.sink import Sink
from tests.support.plugin import private_postgres


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with all tables, of which each installation has a copy."""
    if request.config.getoption("--database") == "postgres":
        url = private_postgres().create_database("migrated")
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'hookflow.sqlite3'}"
    env = {**os.environ, "DATABASE_URL": url}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=env, check=True)
    return url


def copy_of(url: str, folder: Path) -> str:
    if url.startswith("postgres"):
        return private_postgres().create_database("installation", template="migrated")
    copy = folder / "installation.sqlite3"
    with closing(sqlite3.connect(urlsplit(url).path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return f"sqlite:///{copy}"


@pytest.fixture
def install(migrated: str, tmp_path: Path) -> Iterator[Callable[..., Platform]]:
    """`install(**env)` is an installation on a database of its own."""
    with ExitStack() as stack:

        def make(**env: str) -> Platform:
            made = Platform(copy_of(migrated, tmp_path), **env)
            stack.callback(made.stop)
            return made

        yield make


@pytest.fixture
def platform(install: Callable[..., Platform]) -> Platform:
    return install()


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    yield server
    server.stop()


@pytest.fixture
def holding() -> Iterator[Sink]:
    """Answers nobody until it is told to."""
    server = Sink(is_holding=True)
    yield server
    server.stop()
