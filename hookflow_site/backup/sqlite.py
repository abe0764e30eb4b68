"""SQLite: its online backup, both ways."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from hookflow_site.backup.archive import BadArchive, Manifest, member_path
from hookflow_site.sqlite_copies import copy_database

MEMBER = "database.sqlite3"


def dump(folder: Path) -> dict[str, Path]:
    """Copy the database into `folder`; the file by member name."""
    copy_database(database_path(), folder / MEMBER)
    return {MEMBER: folder / MEMBER}


def load(_manifest: Manifest, folder: Path) -> None:
    """Replace what is in the database by what the archive holds.

    Raises:
        BadArchive: the copy in the archive is damaged.
    """
    stored = member_path(folder, MEMBER)
    with closing(sqlite3.connect(stored)) as copy:
        try:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            verdict = str(error)
        if verdict != "ok":
            raise BadArchive(f"The database in the backup is damaged: {verdict}.")
        copy.execute("PRAGMA journal_mode=WAL")
    connection.close()
    target = database_path()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _replace(stored, target)


def database_path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _replace(stored: Path, target: Path) -> None:
    """Page by page within one transaction: whoever reads sees the old state or the new one."""
    with closing(sqlite3.connect(stored)) as copy, closing(sqlite3.connect(target, timeout=20)) as live:
        copy.backup(live)
