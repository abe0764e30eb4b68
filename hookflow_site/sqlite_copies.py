"""Copies of an SQLite database while others use it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = 5


def copy_before_migration(connection: BaseDatabaseWrapper, folder: Path) -> Path:
    """Copy the database into `folder`; the newest five copies are kept."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.sqlite3"
    copy_database(Path(str(connection.settings_dict["NAME"])), target)
    for old in sorted(folder.glob("*.sqlite3"))[:-KEPT]:
        old.unlink()
    return target


def copy_database(source: Path, target: Path) -> None:
    """SQLite's online backup: one state of the database, also while it is written to."""
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
