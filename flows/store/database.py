"""What raw SQL must know of the database beneath: how values go in and come out."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

SQLITE_PARAMETERS = 30_000
"""SQLite takes at least 32,000 parameters a statement."""
ASK_SECONDS = 0.002
"""So often is SQLite asked for its lock."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def is_postgres() -> bool:
    """Whether the database is PostgreSQL; else it is SQLite. It stays so for as long as the process lives."""
    return connection.vendor == "postgresql"


class _Marked:
    """SQLite's own cursor, which takes the placeholders of PostgreSQL."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.fetchall, self.fetchone = cursor.fetchall, cursor.fetchone

    def execute(self, sql: str, values: Sequence[Any] = ()) -> None:
        self._cursor.execute(sql.replace("%s", "?"), values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._cursor.executemany(sql.replace("%s", "?"), rows)


@contextmanager
def written_by_hand() -> Iterator[Any]:
    """A transaction, and the driver's own cursor in it, for what runs with every event: Django's way around a small
    statement costs as much as the statement. UUIDs and times go in through `key` and `moment`.
    """
    database = connections[DEFAULT_DB_ALIAS]  # `connection` looks it up at each use
    is_own = not is_postgres() and not database.in_atomic_block
    with _OwnTransaction(database) if is_own else transaction.atomic(), database.wrap_database_errors:
        cursor = database.connection.cursor()
        try:
            yield cursor if is_postgres() else _Marked(cursor)
        finally:
            cursor.close()


class _OwnTransaction:
    """Django's outermost transaction on SQLite, begun and committed by the driver: models, savepoints and callbacks in
    it are as in `atomic`. Django's own way in and out costs five times as much, and more than most of what is written.

    SQLite itself asks for its lock ever more seldom, down to ten times a second; whoever writes often goes first each
    time. Beside a process that does, one transaction in a hundred waited for seconds; asked so often, for 50 ms.
    """

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self._database = database
        self._block = transaction.atomic()

    def __enter__(self) -> None:
        database = self._database
        database.ensure_connection()
        _take_lock(database)
        database.autocommit = database.needs_rollback = False
        database.commit_on_exit = database.in_atomic_block = True
        database.atomic_blocks.append(self._block)

    def __exit__(self, *failure: Any) -> None:
        database = self._database
        if failure[0] or database.needs_rollback or database.closed_in_transaction:
            self._block.__exit__(*failure)
            return
        try:
            with database.wrap_database_errors:
                database.connection.commit()
        except Exception as error:
            self._block.__exit__(type(error), error, None)
            raise
        database.atomic_blocks.pop()
        database.in_atomic_block, database.autocommit = False, True
        database.errors_occurred = False
        database.run_and_clear_commit_hooks()


def _take_lock(database: BaseDatabaseWrapper) -> None:
    own, seconds = database.connection, float(database.settings_dict["OPTIONS"].get("timeout", 5))
    end = time.monotonic() + seconds
    own.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                with database.wrap_database_errors:
                    own.execute("BEGIN IMMEDIATE")
            except OperationalError as error:
                if not _is_busy(error) or time.monotonic() > end:
                    raise
                time.sleep(ASK_SECONDS)
            else:
                return
    finally:
        own.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _is_busy(error: OperationalError) -> bool:
    name = str(getattr(error.__cause__, "sqlite_errorname", ""))
    return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def key(value: UUID) -> Any:
    """A UUID as the database keeps it."""
    return value if is_postgres() else value.hex


def uuid_of(value: Any) -> UUID:
    """A UUID as the database gave it."""
    return value if isinstance(value, UUID) else UUID(value)


def moment(value: datetime | None) -> Any:
    """A point in time as the database keeps it."""
    if value is None or is_postgres():
        return value
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:26]  # without the offset of UTC


def json_text(value: Any) -> str | None:
    """Plain JSON as text; None stays NULL."""
    return None if value is None else orjson.dumps(value).decode()


def epoch_ms(value: datetime) -> int:
    """Milliseconds since 1970."""
    return int((value - EPOCH).total_seconds() * 1000)


def marks(values: Sequence[object]) -> str:
    """Placeholders for an IN list."""
    return ", ".join(["%s"] * len(values))


def insert_rows(
    cursor: Any, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]], tail: str = ""
) -> None:
    """Insert many rows in few statements.

    Args:
        cursor: Django's, inside a transaction.
        table: its name in the database.
        columns: the columns by name, with PostgreSQL's type of each.
        rows: values in the order of the columns.
        tail: what follows the values, such as `ON CONFLICT ...`.
    """
    todo = list(rows)
    if not todo:
        return
    if is_postgres():
        _insert_arrays(cursor, table, columns, todo, tail)
    else:
        _insert_values(cursor, table, columns, todo, tail)


def _insert_arrays(
    cursor: Any, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], tail: str
) -> None:
    """One binary array a column: a fifth of the time of `VALUES`, and a twelfth of that in Python."""
    arrays = ", ".join(f"%b::{kind}[]" for kind in columns.values())
    sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest({arrays}) {tail}"  # noqa: S608
    import psycopg  # half a second of every start that SQLite does without

    with connection.wrap_database_errors, psycopg.Cursor(cursor.connection) as binary:
        binary.execute(sql, [list(column) for column in zip(*rows, strict=True)])


def _insert_values(
    cursor: Any, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], tail: str
) -> None:
    chunk = max(1, SQLITE_PARAMETERS // len(columns))
    one = f"({marks([*columns])})"
    for start in range(0, len(rows), chunk):
        part = rows[start : start + chunk]
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(part))} {tail}"  # noqa: S608
        cursor.execute(sql, [value for row in part for value in row])
