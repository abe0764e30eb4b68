"""Databases with all tables: made once for the program as it is now, and copied by whoever needs one."""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.support.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent.parent
PLACE = ROOT / "test-results"


def copy_migrated(target: Path) -> Path:
    """Write a copy of it to `target`, which is not there yet."""
    with closing(sqlite3.connect(migrated())) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def create_migrated(server: Postgres, name: str) -> str:
    """Make a database with all tables on a server; its URL."""
    make_template(server)
    return server.create_database(name, template=TEMPLATE)


def make_template(server: Postgres) -> None:
    """Have the server hold what `create_migrated` copies."""
    if not server.has_database(TEMPLATE):
        dump = once(f"{server.version}.sql", lambda part: _dump(server, part))
        if not server.has_database(TEMPLATE):
            server.load(server.create_database(TEMPLATE), dump)


TEMPLATE = "migrated"


def migrated() -> Path:
    """The database of SQLite itself."""
    return once("sqlite3", lambda part: _migrate(f"sqlite:///{part}"))


def once(ending: str, make: Callable[[Path], None]) -> Path:
    """A file that is made for this program once; another process that makes it at this moment is waited for."""
    made = PLACE / f"migrated-{program()}.{ending}"
    if made.is_file():
        return made
    PLACE.mkdir(exist_ok=True)
    with (PLACE / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_file():
            for old in PLACE.glob("migrated-*"):
                if not old.name.startswith(made.name.partition(".")[0]):
                    old.unlink()
            part = made.with_suffix(".part")
            make(part)
            part.rename(made)
    return made


def _migrate(url: str) -> None:
    env = {**os.environ, "DATABASE_URL": url}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=env, check=True)


def _dump(server: Postgres, target: Path) -> None:
    url = server.create_database(TEMPLATE)
    _migrate(url)
    server.dump(url, target)


def program() -> str:
    """Changes with every file that could decide what the migrations make."""
    packages = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name not in APART]
    files = sorted(file for package in packages for file in package.rglob("*.py"))
    content = [path.read_bytes() for path in (*files, ROOT / "requirements" / "base.txt")]
    return hashlib.sha256(sys.version.encode() + b"".join(content)).hexdigest()[:16]


APART = ("tests", "bench", "scripts")
"""Packages that no migration reads."""
