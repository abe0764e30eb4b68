"""Django's settings for the one database, from `DATABASE_URL`."""

from pathlib import Path
from typing import Any

from hookflow_site.env import Env

SQLITE_PRAGMAS = (
    "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000;"
)


def database_settings(env: Env, data_dir: Path) -> dict[str, Any]:
    """SQLite in the data folder, unless `DATABASE_URL` names another.

    Raises:
        BadSetting: the URL cannot be used.
    """
    database: dict[str, Any] = env.database("DATABASE_URL", f"sqlite:///{data_dir / 'hookflow.sqlite3'}")
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE: a read that turns into a write would otherwise fail at once with "database is locked".
        # FULL: what was answered with 2xx must survive a power cut; the group commit pays for it.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_PRAGMAS,
        }
        # Opening costs more than a commit: pragmas, functions, reading the schema, and a checkpoint at the close.
        database["CONN_MAX_AGE"] = None
    else:
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    return database
