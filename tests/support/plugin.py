"""The servers as fixtures, the option `--database`, and the marker `both_databases`."""

import os
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from accounts.append_only import guard, lift
from accounts.models import AuditEntry, AuditSeal
from common import crypto
from flows.services.doorbell import Doorbell
from hookflow_site.databases import database_settings
from hookflow_site.env import Env
from tests.support.migrated import ROOT, copy_migrated, create_migrated, make_template, migrated
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

BOTH = (
    "tests/flows/store",
    "tests/flows/services",
    "tests/flows/runner",
    "tests/inventory/services",
    "tests/faults",
)
"""Folders whose tests run on SQLite and on PostgreSQL; a test elsewhere says so with the marker."""

_postgres: list[Postgres] = []
NEEDS_DATABASE = {"django_db", "both_databases"}
OF_MODELS = {"django_content_type", "auth_permission"}
"""Filled by the migrations, with the same rows after each test."""
LARGE = 1 << 20
"""Bytes of a table of PostgreSQL above which all are emptied as a whole."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database=postgres` starts a private PostgreSQL and makes it the default database."""
    parser.addoption("--database", choices=("sqlite", "postgres"), default=None, help="database of the tests")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the database before anything connects, and keep the channel layer in memory."""
    listen_to_interrupts()
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    TransactionTestCase._fixture_teardown = flush_guarded  # type: ignore[method-assign]
    settings.WHITENOISE_AUTOREFRESH = True  # else every test client looks through all static files first
    is_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    is_controller = config.getoption("dist", "no") != "no"  # its processes have a server each
    if config.getoption("--database") == "postgres" and not is_postgres and not is_controller:
        os.environ["DATABASE_URL"] = private_postgres().create_database("hookflow")
        use_database()


def flush_guarded(_case: TransactionTestCase) -> None:
    """Tests that commit end by emptying the tables that hold rows; those that refuse it are opened for that moment.

    Django would empty its own tables of models and rights too, and fill them again at five times the cost.
    """
    existing = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = sorted(set(existing) - OF_MODELS)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            flush_postgres(cursor, tables)
        else:
            flush_sqlite(cursor, tables)


def flush_postgres(cursor: CursorWrapper, tables: list[str]) -> None:
    """Whoever still writes is waited for; keys and triggers rest meanwhile, which takes a superuser.

    Emptying a table as a whole makes files for it and each of its indexes: for a few rows that costs far more
    than to delete them. Where deleted rows would be in the way of later tests, it is done.
    """
    names = ", ".join(map(connection.ops.quote_name, tables))
    cursor.execute(f"SET LOCAL session_replication_role = replica; LOCK TABLE {names} IN EXCLUSIVE MODE")
    filled = filled_of(cursor, tables)
    cursor.execute(
        "SELECT 1 FROM unnest(%s::text[]) name WHERE pg_relation_size(name::regclass) > %s", (filled, LARGE)
    )
    if cursor.fetchone():
        cursor.execute(f"TRUNCATE {names}")
        return
    for name in filled:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")


def flush_sqlite(cursor: CursorWrapper, tables: list[str]) -> None:
    """Without their triggers, tables that are written once let go of their rows."""
    filled = filled_of(cursor, tables)
    guarded = [name for name in (AuditEntry._meta.db_table, AuditSeal._meta.db_table) if name in filled]
    for name in guarded:
        lift(connection, name)
    for name in filled:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")
    for name in guarded:
        guard(connection, name)


def filled_of(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    """The tables that hold rows."""
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})"
            for name in tables
        )
    )
    return [name for (name,) in cursor.fetchall()]


def listen_to_interrupts() -> None:
    """A shell's background job ignores SIGINT, and would hand that down to every process that a test starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure() -> None:
    """Stop PostgreSQL when one was started."""
    while _postgres:
        _postgres.pop().stop()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where only tests for both databases are wanted, files that have none are not even read in."""
    if not config.option.markexpr.startswith("both_databases") or not collection_path.name.startswith(
        "test_"
    ):
        return None
    place = collection_path.relative_to(ROOT).as_posix()
    is_file = collection_path.is_file() and not place.startswith(BOTH)
    return True if is_file and "both_databases" not in collection_path.read_text() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by its folder what runs on both databases, and what needs a browser or the servers of others."""
    folders = tuple(str(ROOT / folder) for folder in BOTH)
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "peers"):
            item.add_marker(pytest.mark.peers)
        if item.path.is_relative_to(ROOT / "tests" / "e2e"):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.slow)
        if str(item.path).startswith(folders):
            item.add_marker(pytest.mark.both_databases)
    if "PYTEST_XDIST_WORKER" in os.environ:
        put_long_files_first(items)


def put_long_files_first(items: list[pytest.Item]) -> None:
    """What is left for the end is short, so that no process waits long for the last of the others."""
    tests = Counter(item.path for item in items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, -tests[item.path]))


def use_database() -> None:
    """Replace the default database by what `DATABASE_URL` names now; nothing may be connected yet."""
    settings.DATABASES["default"] = database_settings(Env(os.environ), settings.DATA_DIR)
    connections.__dict__.pop("settings", None)
    connections._settings = None  # type: ignore[assignment]
    if hasattr(connections._connections, "default"):  # made, not connected, by what was set up before
        del connections["default"]


def private_postgres() -> Postgres:
    """The one PostgreSQL of this session."""
    if not _postgres:
        _postgres.append(Postgres())
    return _postgres[0]


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What a fixture of the module makes in the database is there for all its tests, with a key for secrets.

    No test may commit: each is undone on its own, and the rest at the end of the module.
    """
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(crypto, "_ring", crypto.KeyRing([crypto.new_key("t1")]))
        patch.setattr(Doorbell, "ring", lambda self: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def empty_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """The default connection leads to a database without tables."""
    usual = connection.settings_dict["NAME"]
    is_file = connection.vendor == "sqlite"
    empty = str(tmp_path / "empty.sqlite3") if is_file else f"{usual}_empty"
    if not is_file:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{empty}"')
    connections.close_all()
    connection.settings_dict["NAME"] = empty
    yield
    connections.close_all()
    connection.settings_dict["NAME"] = usual
    if not is_file:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{empty}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """A private PostgreSQL, started when a test first asks for it."""
    return private_postgres()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Make what every database is a copy of, which takes half a minute: not in the time of the first test."""
    if not any(NEEDS_DATABASE & {mark.name for mark in item.iter_markers()} for item in session.items):
        return
    if is_on_private_postgres():
        make_template(private_postgres())
    elif settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        migrated()


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A private Valkey; a test that kills or floods it starts its own instead."""
    server = Valkey()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A copy has its tables already; on a PostgreSQL of the developer's the migrations make them."""
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") or is_on_private_postgres()


def is_on_private_postgres() -> bool:
    """Whether the tests' own database is on the server of this session."""
    return any(str(server.port) == str(settings.DATABASES["default"].get("PORT")) for server in _postgres)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """SQLite in a file: several threads then meet the locks that they meet in production."""
    database = settings.DATABASES["default"]
    if is_on_private_postgres():
        own = database.setdefault("TEST", {})
        own["NAME"] = own.get("NAME") or f"test_{database['NAME']}"
        create_migrated(private_postgres(), own["NAME"])
    if not database["ENGINE"].endswith("sqlite3"):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="hf-db-") as folder:
        database.setdefault("TEST", {})["NAME"] = str(copy_migrated(Path(folder) / "test.sqlite3"))
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # it need not survive a power cut
        yield
