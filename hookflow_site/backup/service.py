"""Make a backup of a system that runs; restore one into a system that does not."""

import fcntl
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from hookflow_site import keys, schema
from hookflow_site.backup import postgres, sqlite
from hookflow_site.backup.archive import Manifest, member_path, unpack, write_archive

KEY_FOLDER = "keys/"


class CannotRestore(Exception):
    """This archive must not go into this database; the text is one sentence."""


def back_up(target: Path) -> Manifest:
    """Write one archive of the database as it is at one moment, and of the keys."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hookflow-backup-", dir=target.parent) as name:
        folder = Path(name)
        tables: dict[str, list[str]] = {}
        migrations = schema.read_schema().applied
        if connection.vendor == "sqlite":
            parts = sqlite.dump(folder)
        else:
            tables, parts = postgres.dump(folder)
        manifest = Manifest(
            database=connection.vendor,
            created_at=datetime.now(UTC).isoformat(),
            migrations=sorted([app, migration] for app, migration in migrations),
            tables=tables,
        )
        write_archive(target, manifest, {**parts, **_key_files(folder)})
    return manifest


def restore(source: Path, *, replace: bool = False) -> Manifest:
    """Put an archive into the database and its keys into the data folder, then migrate.

    Args:
        source: the archive.
        replace: go on although the database holds something; that is lost.

    Raises:
        BadArchive: the archive cannot be read.
        CannotRestore: it does not fit, or the database is in use or not empty.
        NewerSchema: it was made by a newer program.
    """
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hookflow-restore-", dir=settings.DATA_DIR) as name:
        folder = Path(name)
        manifest = unpack(source, folder)
        _check(manifest, replace=replace)
        if connection.vendor == "sqlite":
            sqlite.load(manifest, folder)
        else:
            postgres.load(manifest, folder)
        _restore_keys(manifest, folder)
    call_command("migrate", interactive=False, verbosity=0)
    return manifest


def _check(manifest: Manifest, *, replace: bool) -> None:
    if manifest.database != connection.vendor:
        raise CannotRestore(
            f"The backup is of a {manifest.database} database, and DATABASE_URL names a {connection.vendor} one."
        )
    schema.refuse_newer(schema.compare((app, name) for app, name in manifest.migrations))
    _refuse_while_used()
    if not replace and not schema.read_schema().is_empty:
        raise CannotRestore("The database is not empty: add --replace to lose what is in it.")
    _refuse_other_keys(manifest)


def _refuse_while_used() -> None:
    if connection.vendor == "postgresql":
        if others := postgres.other_connections():
            raise CannotRestore(f"The database is in use ({others} other connections): stop hookflow first.")
        return
    lock = settings.DATA_DIR / "launcher.lock"
    if lock.exists():
        with lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CannotRestore("hookflow runs on this data folder: stop it first.") from error


def _refuse_other_keys(manifest: Manifest) -> None:
    """Keys that the environment sets cannot be replaced from here."""
    for name in (keys.SECRET_KEY, keys.ENCRYPTION_KEYS):
        is_ours = f"{KEY_FOLDER}{name}" in manifest.files
        if is_ours and (os.environ.get(name) or os.environ.get(f"{name}_FILE")):
            raise CannotRestore(
                f"{name} is set in the environment, and the backup brings its own: unset it for the restore."
            )


def _key_files(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for name, value in (
        (keys.SECRET_KEY, "" if settings.SECRET_KEY == settings.NO_SECRET_KEY else settings.SECRET_KEY),
        (keys.ENCRYPTION_KEYS, "\n".join(settings.ENCRYPTION_KEYS)),
    ):
        if value:
            keys.write(folder / name, value)
            found[f"{KEY_FOLDER}{name}"] = folder / name
    return found


def _restore_keys(manifest: Manifest, folder: Path) -> None:
    for name in (keys.SECRET_KEY, keys.ENCRYPTION_KEYS):
        member = f"{KEY_FOLDER}{name}"
        if member in manifest.files:
            stored = member_path(folder, member).read_text().split()
            if name == keys.ENCRYPTION_KEYS:
                stored += [
                    key for key in settings.ENCRYPTION_KEYS if _key_id(key) not in map(_key_id, stored)
                ]
            keys.write(settings.DATA_DIR / name, "\n".join(stored))


def _key_id(key: str) -> str:
    return key.partition(":")[0]
