"""Whether there is any row of several kinds, asked in one statement whose SQL is put together once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

Rows = Callable[[datetime], Sequence[QuerySet[Any]]]
"""What there is to do at a moment: any row of any of them. Nothing but the moment may change from call to call."""
MARK: Final = datetime.fromisoformat("0002-02-02T02:02:02.020202+00:00")
"""Stands for the moment while the SQL is put together: that takes Django ten times as long as the database answers."""


class Presence:
    """Asks for all at once.

    Args:
        kinds: the rows by a name.
    """

    def __init__(self, kinds: Mapping[str, Rows]) -> None:
        self._names = [name for name, rows in kinds.items() for _ in rows(MARK)]
        parts = [_part(found) for rows in kinds.values() for found in rows(MARK)]
        self._sql = "SELECT " + ", ".join(sql for sql, _ in parts)
        self._params = [value for _, params in parts for value in params]

    def at(self, moment: datetime) -> set[str]:
        """The names of those that have a row."""
        if not self._names:
            return set()
        mark, now = (connection.ops.adapt_datetimefield_value(one) for one in (MARK, moment))
        with connection.cursor() as cursor:
            cursor.execute(self._sql, [now if value == mark else value for value in self._params])
            found = cursor.fetchone()
        return {name for name, is_there in zip(self._names, found, strict=True) if is_there}


def _part(rows: QuerySet[Any]) -> tuple[str, Sequence[Any]]:
    sql, params = rows.order_by().values("pk").query.sql_with_params()
    return f"EXISTS({sql})", params
