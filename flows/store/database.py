"""What raw SQL must know of the database beneath: how values go in and come out."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def is_postgres() -> bool:
    """Whether the database is PostgreSQL; else it is SQLite. It stays so for as long as the process lives."""
    return connection.vendor == "postgresql"


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
    return value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


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
    cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], tail: str = ""
) -> None:
    """Insert many rows in few statements.

    SQLite and PostgreSQL both take at least 32,000 parameters a statement.
    """
    todo = list(rows)
    chunk = max(1, 30_000 // len(columns))
    one = f"({marks(columns)})"
    for start in range(0, len(todo), chunk):
        part = todo[start : start + chunk]
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(part))} {tail}"  # noqa: S608
        cursor.execute(sql, [value for row in part for value in row])
