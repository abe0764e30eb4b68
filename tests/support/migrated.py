"""A SQLite database with all tables: made once for the program as it is now, and copied by whoever needs one."""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PLACE = ROOT / "test-results"


def copy_migrated(target: Path) -> Path:
    """Write a copy of it to `target`, which is not there yet."""
    with closing(sqlite3.connect(migrated())) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def migrated() -> Path:
    """The database itself; another process that makes it at this moment is waited for."""
    made = PLACE / f"migrated-{program()}.sqlite3"
    if made.is_file():
        return made
    PLACE.mkdir(exist_ok=True)
    with (PLACE / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_file():
            _make(made)
    return made


def _make(target: Path) -> None:
    for old in PLACE.glob("migrated-*"):
        old.unlink()
    part = target.with_suffix(".part")
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{part}"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=env, check=True)
    part.rename(target)


def program() -> str:
    """Changes with every file that could decide what the migrations make."""
    packages = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name not in APART]
    files = sorted(file for package in packages for file in package.rglob("*.py"))
    content = [path.read_bytes() for path in (*files, ROOT / "requirements" / "base.txt")]
    return hashlib.sha256(sys.version.encode() + b"".join(content)).hexdigest()[:16]


APART = ("tests", "bench", "scripts")
"""Packages that no migration reads."""
