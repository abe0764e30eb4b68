"""A backup is made of a running system and restored into an empty one, on both databases."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hookflow_site import schema
from hookflow_site.backup.archive import BadArchive, Manifest, unpack, write_archive
from tests.support.migrated import copy_migrated, create_migrated
from tests.support.postgres import Postgres
from tests.support.site import ROOT

pytestmark = pytest.mark.timeout(300)

ORIGINAL = """
import sys
from datetime import UTC, datetime
from django.core.management import call_command
call_command("prepare", make_keys=True)
from accounts.models import Tenant, User
from flows.models import Flow
acme = Tenant.objects.create(name="Acme", slug="acme")
User.objects.create(email="x@acme.example", name="Zoë \\\\N\\\\t'\\"", tenant=acme, password="!")
now = datetime.now(UTC)
moments = {"draft_saved_at": now, "created_at": now, "updated_at": now}
Flow.objects.create(tenant=acme, name="f", draft={"a": [1, None, "\\\\.", "\\t\\n"]}, **moments)
call_command("backup", ARCHIVE)
"""
COPY = """
from django.core.management import CommandError, call_command
call_command("restore", ARCHIVE)
try:
    call_command("restore", ARCHIVE)
except CommandError as error:
    print("refused:", error)
from accounts.models import Tenant
print("next id:", Tenant.objects.create(name="Next", slug="next").pk)
call_command("restore", ARCHIVE, replace=True)
call_command("migrate", check_unapplied=True, plan=True)
"""


class Installation:
    """A data folder and a database of its own, worked on by Django in a process of its own."""

    def __init__(self, data: Path, database_url: str = "") -> None:
        self.data = data
        self.database_url = database_url

    def work(self, script: str, archive: Path) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v", "0", "-c"]
        env = {"PATH": os.environ["PATH"], "HOOKFLOW_DATA": str(self.data), "PYTHONWARNINGS": "ignore"}
        if self.database_url:
            env["DATABASE_URL"] = self.database_url
        code = script.replace("ARCHIVE", repr(str(archive)))
        done = subprocess.run([*command, code], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table that has some."""
        if self.database_url:
            with psycopg.connect(self.database_url) as connection:
                listing = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                return read_tables(connection.execute, listing)
        with closing(sqlite3.connect(self.data / "hookflow.sqlite3")) as connection:
            return read_tables(connection.execute, "SELECT name FROM sqlite_master WHERE type = 'table'")


def read_tables(execute: Callable[[str], Any], listing: str) -> dict[str, list[Any]]:
    names = [row[0] for row in execute(listing).fetchall() if not row[0].startswith("sqlite_")]
    found = {name: sorted(map(str, execute(f'SELECT * FROM "{name}"').fetchall())) for name in names}
    return {name: rows for name, rows in found.items() if rows}


@pytest.fixture(params=["sqlite", "postgres"])
def original(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    """An installation whose database has tables and no rows."""
    data = tmp_path / "original"
    data.mkdir(mode=0o700)
    if request.param == "sqlite":
        copy_migrated(data / "hookflow.sqlite3")
        return Installation(data)
    server: Postgres = request.getfixturevalue("postgres")
    return Installation(data, create_migrated(server, "backup_original"))


@pytest.fixture
def copy(original: Installation, request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    """An installation of the same kind whose database is empty."""
    data = tmp_path / "copy"
    data.mkdir(mode=0o700)
    if not original.database_url:
        return Installation(data)
    server: Postgres = request.getfixturevalue("postgres")
    return Installation(data, server.create_database("backup_copy"))


@pytest.mark.slow
def test_restored_installation_equals_the_original(
    original: Installation, copy: Installation, tmp_path: Path
) -> None:
    archive = tmp_path / "backup.tar.gz"
    original.work(ORIGINAL, archive)
    said = copy.work(COPY, archive)

    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert copy.rows() == original.rows()
    assert {"accounts_user", "accounts_tenant", "flows_flow", "django_migrations"} <= set(copy.rows())
    for key in ("SECRET_KEY", "ENCRYPTION_KEYS"):
        assert (copy.data / key).read_text() == (original.data / key).read_text()
    assert "refused: The database is not empty: add --replace" in said
    assert "next id: 2" in said, "ids go on after the restored ones"


def test_backup_of_a_newer_program_is_refused() -> None:
    with pytest.raises(schema.NewerSchema, match=r"flows\.9999_later"):
        schema.refuse_newer(schema.compare([("flows", "0001_initial"), ("flows", "9999_later")]))


def test_migrations_of_an_app_that_is_not_installed_are_no_newer_program() -> None:
    schema.refuse_newer(schema.compare([("gone", "0001_initial")]))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A small archive in order."""
    part, target = tmp_path / "part", tmp_path / "backup.tar.gz"
    part.write_bytes(os.urandom(20_000))
    write_archive(target, Manifest("sqlite", "2030-01-01T00:00:00+00:00", []), {"database.sqlite3": part})
    return target


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda head: head["files"].update({"database.sqlite3": "0" * 64}),
            "the checksum of database.sqlite3",
        ),
        (lambda head: head["files"].pop("database.sqlite3"), "which its manifest does not name"),
        (lambda head: head["files"].update(other="0" * 64), "other is missing"),
        (lambda head: head.update(version=2), "has format version 2"),
        (lambda head: head.update(format="zip"), "is not a hookflow backup"),
        (lambda head: head.update(more=1), "manifest of the backup cannot be read"),
    ],
)
def test_archive_with_a_wrong_manifest_is_refused(
    archive: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], sentence: str
) -> None:
    bad = tmp_path / "bad.tar.gz"
    rewrite(archive, bad, change)
    with pytest.raises(BadArchive, match=sentence):
        unpack(bad, tmp_path)


def test_damaged_file_is_refused(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-4000])
    with pytest.raises(BadArchive, match="cannot be read as a backup"):
        unpack(archive, tmp_path)
    archive.write_text("no archive")
    with pytest.raises(BadArchive, match="cannot be read as a backup"):
        unpack(archive, tmp_path)
    with pytest.raises(BadArchive, match="There is no file"):
        unpack(tmp_path / "none", tmp_path)


def test_archive_in_order_is_unpacked(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert unpack(archive, out).database == "sqlite"
    assert (out / "database.sqlite3").read_bytes() == (tmp_path / "part").read_bytes()


def rewrite(source: Path, target: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """The same archive with another manifest."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            if member.name == "manifest.json":
                head = json.load(content)
                change(head)
                text = json.dumps(head).encode()
                path = target.with_suffix(".json")
                path.write_bytes(text)
                new.add(path, "manifest.json")
            else:
                new.addfile(member, content)
