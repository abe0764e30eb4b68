"""Rows that are written once: the model refuses, and so do triggers in the database."""

from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=models.Model)

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION hookflow_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_empty boolean;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('SELECT NOT EXISTS (SELECT 1 FROM %I.%I)', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO is_empty;
        IF is_empty THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP;
END $$
"""
"""An empty table may be truncated: restoring a backup does."""


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete what is written once."""


class AppendOnlyQuerySet(models.QuerySet[M]):
    """Reads and inserts."""

    def update(self, **_values: Any) -> NoReturn:
        """Refused."""
        raise _refusal(self.model)

    def bulk_update(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refused."""
        raise _refusal(self.model)

    def delete(self) -> NoReturn:
        """Refused."""
        raise _refusal(self.model)


class AppendOnly(models.Model):
    """The base of a model whose rows are written once. Its migration calls `guard`."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Insert.

        Raises:
            AppendOnlyError: the row is there already.
        """
        if not self._state.adding:
            raise _refusal(type(self))
        super().save(*args, **{**options, "force_insert": True})

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refused."""
        raise _refusal(type(self))


def guard(connection: BaseDatabaseWrapper, table: str) -> None:
    """Have the database refuse UPDATE, DELETE and, unless the table is empty, TRUNCATE.

    On SQLite a migration that rebuilds the table takes the triggers away: end it with this.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
            for name, events, each in (
                ("rows", "UPDATE OR DELETE", "ROW"),
                ("table", "TRUNCATE", "STATEMENT"),
            ):
                cursor.execute(
                    f"CREATE TRIGGER {table}_guard_{name} BEFORE {events} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION hookflow_refuse_change()"
                )
            return
        for event in ("UPDATE", "DELETE"):
            cursor.execute(
                f"CREATE TRIGGER {table}_guard_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {event} is refused'); END"
            )


def lift(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the triggers away: the way back of a migration."""
    of_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name in ("rows", "table") if of_postgres else ("update", "delete"):
            on_table = f" ON {table}" if of_postgres else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_guard_{name}{on_table}")


def _refusal(model: type[models.Model]) -> AppendOnlyError:
    return AppendOnlyError(f"{model.__name__} is append-only: what is written stays as it is.")
