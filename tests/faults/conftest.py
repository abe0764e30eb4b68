"""Installations of processes, and servers that write down what reaches them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.platform import Platform
from tests.faults.sink import Sink
from tests.support.migrated import copy_migrated, create_migrated
from tests.support.plugin import private_postgres


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    """`migrated(folder)` is the URL of a new database with all tables."""
    if request.config.getoption("--database") == "postgres":
        return lambda _: create_migrated(private_postgres(), "installation")
    return lambda folder: f"sqlite:///{copy_migrated(folder / 'installation.sqlite3')}"


@pytest.fixture
def install(migrated: Callable[[Path], str], tmp_path: Path) -> Iterator[Callable[..., Platform]]:
    """`install(**env)` is an installation on a database of its own."""
    with ExitStack() as stack:

        def make(**env: str) -> Platform:
            made = Platform(migrated(tmp_path), **env)
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
