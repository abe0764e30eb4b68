"""PostgreSQL: every table by COPY, all from one snapshot; no client program is needed."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from hookflow_site.backup.archive import CHUNK, Manifest, member_path
from hookflow_site.schema import leaves

MIGRATIONS = "django_migrations"


def dump(folder: Path) -> tuple[dict[str, list[str]], dict[str, Path]]:
    """Write every table into `folder`; the columns by table and the files by member name."""
    tables: dict[str, list[str]] = {}
    parts: dict[str, Path] = {}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        for table in sorted({*names, MIGRATIONS}):
            tables[table] = _columns(table)
            path = folder / f"{table}.copy"
            _copy_out(table, tables[table], path)
            parts[f"tables/{table}.copy"] = path
    return tables, parts


def load(manifest: Manifest, folder: Path) -> None:
    """Replace all that is in the database, whole or not at all, by what the archive holds."""
    with transaction.atomic():
        _drop_all()
        executor = MigrationExecutor(connection)
        executor.migrate(leaves((app, name) for app, name in manifest.migrations))
        with connection.cursor() as cursor:
            # Tables come by name, and migrations of this transaction may have asked for each check at once.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in manifest.tables:
                cursor.execute(_text(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table))))
        for table, columns in manifest.tables.items():
            _copy_in(table, columns, member_path(folder, f"tables/{table}.copy"))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            known = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
            there = [model for model in known if model._meta.db_table in manifest.tables]
            for statement in connection.ops.sequence_reset_sql(no_style(), there):
                cursor.execute(statement)


def other_connections() -> int:
    """How many others use the database now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def _copy_out(table: str, columns: list[str], path: Path) -> None:
    statement = sql.SQL("COPY {} TO STDOUT").format(_target(table, columns))
    with path.open("wb") as file, _raw().cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in copy:
            file.write(chunk)


def _copy_in(table: str, columns: list[str], path: Path) -> None:
    statement = sql.SQL("COPY {} FROM STDIN").format(_target(table, columns))
    with path.open("rb") as file, _raw().cursor() as cursor, cursor.copy(statement) as copy:
        while chunk := file.read(CHUNK):
            copy.write(chunk)


def _drop_all() -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(_text(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(table))))


def _target(table: str, columns: list[str]) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    return sql.SQL("{} ({})").format(sql.Identifier(table), names)


def _text(statement: sql.Composed) -> str:
    return statement.as_string(_raw())


def _raw() -> Any:
    """The psycopg connection of this transaction."""
    connection.ensure_connection()
    return connection.connection
