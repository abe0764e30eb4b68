"""Spies are registered for every test of the runner."""

from collections.abc import Iterator

import pytest

from tests.support.spies import Spy, spies


@pytest.fixture(autouse=True)
def spy() -> Iterator[type[Spy]]:
    with spies() as registered:
        yield registered
