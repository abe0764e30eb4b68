"""What the database's schema is, beside what this program knows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from hookflow_site.plugin_apps import guarded_apps

MigrationName = tuple[str, str]


class NewerSchema(Exception):
    """The database was migrated by a newer program; the text says so in one sentence."""


@dataclass(frozen=True)
class Schema:
    """The migrations of one database.

    Args:
        applied: what was applied to it, of the apps that are installed.
        unknown: applied, and not known to this program: a newer one made them. Those of packages are not looked at.
        pending: known, and not applied.
    """

    applied: frozenset[MigrationName]
    unknown: tuple[MigrationName, ...]
    pending: tuple[MigrationName, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever applied."""
        return not self.applied

    @property
    def is_current(self) -> bool:
        """Whether this program can work on it."""
        return not self.unknown and not self.pending


def compare(applied: Iterable[MigrationName]) -> Schema:
    """Compare migrations that were applied somewhere with the program's."""
    loader = MigrationLoader(None)
    known = {name for name in loader.disk_migrations if name[0] in loader.migrated_apps}
    ours = {name for name in applied if name[0] in loader.migrated_apps}
    packages = {app.label for app in guarded_apps.values()}
    return Schema(
        applied=frozenset(ours),
        unknown=tuple(sorted(name for name in ours - known if name[0] not in packages)),
        pending=tuple(sorted(set(loader.graph.nodes) - ours)),
    )


def read_schema(alias: str = DEFAULT_DB_ALIAS) -> Schema:
    """The schema of a database that can be reached."""
    return compare(MigrationRecorder(connections[alias]).applied_migrations())


def refuse_newer(schema: Schema) -> None:
    """Stop before anything is read or written by a program that does not know the tables.

    Raises:
        NewerSchema: the database is newer than this program.
    """
    if schema.unknown:
        app, name = schema.unknown[-1]
        raise NewerSchema(
            f"The database was migrated by a newer hookflow (its migration {app}.{name} is unknown here): "
            "start that version, or restore a backup made by this one."
        )


def leaves(migrations: Iterable[MigrationName]) -> list[MigrationName]:
    """Of migrations that this program knows: those on which no other one of them depends."""
    wanted = set(migrations)
    graph = MigrationLoader(None).graph
    known = {name for name in wanted if name in graph.nodes}
    return sorted(
        name for name in known if not {child.key for child in graph.node_map[name].children} & known
    )
