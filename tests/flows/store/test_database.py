"""SQLite's lock: asked for often and evenly, so that a process which writes all the time does not always go first."""

import sqlite3
import time
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from accounts.models import Tenant
from flows.models import Flow
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


def tenants() -> set[str]:
    return set(Tenant.objects.values_list("name", flat=True))


def test_callbacks_come_after_the_commit_and_outside_of_it() -> None:
    seen: list[tuple[bool, set[str]]] = []
    with written_by_hand():
        Tenant.objects.create(name="kept", slug="kept")
        transaction.on_commit(lambda: seen.append((connection.in_atomic_block, tenants())))
        assert not seen
    assert seen == [(False, {"kept"})]


def fail_with(name: str) -> None:
    Tenant.objects.create(name=name, slug=name)
    raise ZeroDivisionError


def test_a_failure_undoes_all_and_forgets_the_callbacks() -> None:
    called: list[int] = []

    def fail() -> None:
        transaction.on_commit(lambda: called.append(1))
        fail_with("undone")

    with pytest.raises(ZeroDivisionError), written_by_hand():
        fail()
    assert connection.get_autocommit()
    with written_by_hand():
        pass
    assert not tenants()
    assert not called


def test_a_commit_that_the_database_refuses_is_undone() -> None:
    with pytest.raises(IntegrityError), written_by_hand():
        Flow.objects.create(name="of a tenant that is not there", tenant_id=999_999)
    assert connection.get_autocommit()
    assert not connection.in_atomic_block
    assert not Flow.objects.exists()


def test_a_part_that_fails_undoes_itself_alone() -> None:
    with written_by_hand():
        Tenant.objects.create(name="kept", slug="kept")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            fail_with("undone")
    assert tenants() == {"kept"}


def test_what_a_part_without_savepoint_breaks_undoes_all() -> None:
    with written_by_hand():
        Tenant.objects.create(name="undone", slug="undone")
        with pytest.raises(ZeroDivisionError), transaction.atomic(savepoint=False):
            raise ZeroDivisionError
    assert not tenants()


def test_within_a_transaction_it_is_a_part_of_that() -> None:
    def fail() -> None:
        with written_by_hand():
            Tenant.objects.create(name="undone", slug="undone")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fail()
    assert not tenants()


def test_other_statements_wait_as_before() -> None:
    with written_by_hand():
        pass
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)
