"""SQLite's lock: asked for often and evenly, so that a process which writes all the time does not always go first."""

import sqlite3
import time
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection

from flows.store import database
from flows.store.database import ASK_SECONDS, written_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def connected() -> None:
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        pytest.skip("The lock is SQLite's.")


@pytest.fixture
def other() -> Iterator[sqlite3.Connection]:
    """Another process, as far as SQLite can tell, at work in a transaction."""
    opened = sqlite3.connect(connection.settings_dict["NAME"], uri=True, isolation_level=None)
    opened.execute("BEGIN IMMEDIATE")
    yield opened
    opened.close()


def test_it_asks_at_even_pauses_until_the_other_is_done(
    other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 50:
            other.execute("COMMIT")

    monkeypatch.setattr(database.time, "sleep", sleep)
    with written_by_hand() as cursor:
        cursor.execute("SELECT 1")
        assert connection.in_atomic_block
    assert pauses == [ASK_SECONDS] * 50


def test_it_gives_up_when_the_time_is_over(
    other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
    begun = time.monotonic()
    with pytest.raises(OperationalError, match="locked"), written_by_hand():
        pass
    assert time.monotonic() - begun > 0.05
    assert connection.get_autocommit()


def test_other_statements_wait_as_before() -> None:
    with written_by_hand():
        pass
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)
