"""Whether everything is still as the last preparation left it; `python -m hookflow_site.launcher.prepared`.

The whole preparation loads Django and every app. A second start asks here first, which loads the settings
and reads one table. Any doubt means: prepare.
"""

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hookflow_site.env import BadSetting
from hookflow_site.launcher.children import ROOT

NAME = "prepared"
YES, REFUSED, NO = 0, 2, 3
CONNECT_SECONDS = 3
APPLIED = "SELECT app, name FROM django_migrations ORDER BY id"
PARAMETERS = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
Database = Mapping[str, Any]


def main() -> int:
    """Exit code 0: nothing is to be done. 3: prepare. 2: the settings cannot be used; says why."""
    try:
        from hookflow_site import settings
    except BadSetting as refusal:
        sys.stderr.write(f"CommandError: {refusal}\n")
        return REFUSED
    mark = settings.DATA_DIR / NAME
    now = fingerprint(settings.DATABASES["default"], settings.ENCRYPTION_KEYS) if mark.is_file() else None
    is_same = now is not None and mark.read_text() == now
    return YES if is_same and (os.environ.get("SECRET_KEY") or secret_is_there(settings.DATA_DIR)) else NO


def was_prepared(data: Path) -> bool:
    """Whether this data folder's database was prepared before, by whatever program."""
    return (data / NAME).is_file()


def remember(data: Path, database: Database, keys: list[str]) -> None:
    """Note that this program has prepared this database with these keys."""
    if (now := fingerprint(database, keys)) is not None:
        (data / NAME).write_text(now)


def secret_is_there(data: Path) -> bool:
    """Whether the data folder has a secret key."""
    return (data / "SECRET_KEY").is_file()


def fingerprint(database: Database, keys: list[str]) -> str | None:
    """Changes with the program, the keys, the place and the schema of the database; None when it has none.

    Args:
        database: an entry of Django's `DATABASES`.
    """
    read = _migrations_in_sqlite if database["ENGINE"].endswith("sqlite3") else _migrations_in_postgres
    try:
        applied = read(database)
    except Exception:  # noqa: BLE001  # any doubt means: prepare, and that says what is wrong
        return None
    place = [str(database.get(name, "")) for name in ("NAME", "HOST", "PORT")]
    facts = [place, sys.version, sorted(keys), applied, program()]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _migrations_in_sqlite(database: Database) -> list[Any]:
    place = f"file:{quote(str(database['NAME']))}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as connection:
        return connection.execute(APPLIED).fetchall()


def _migrations_in_postgres(database: Database) -> list[Any]:
    import psycopg

    options: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, **database.get("OPTIONS", {})}
    options |= {ours: database[name] for name, ours in PARAMETERS.items() if database.get(name)}
    with psycopg.connect(**options) as connection:
        return connection.execute(APPLIED).fetchall()


def program() -> list[str]:
    """What of the program decides about the schema: its migrations, and the versions of what it uses."""
    migrations = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("*/migrations/*.py"))
    requirements = (ROOT / "requirements" / "base.txt").read_bytes()
    return [*migrations, *_migrations_of_packages(), hashlib.sha256(requirements).hexdigest()]


def _migrations_of_packages() -> list[str]:
    packages = {entry.value.partition(".")[0] for entry in entry_points(group="hookflow.apps")}
    specs = [spec for name in packages if (spec := find_spec(name))]
    folders = [Path(folder) for spec in specs for folder in spec.submodule_search_locations or ()]
    return sorted(str(file) for folder in folders for file in folder.glob("**/migrations/*.py"))


if __name__ == "__main__":
    sys.exit(main())
