"""The servers that tests start are real, private and gone afterwards."""

import signal
import subprocess
import sys

import psycopg
import pytest

from tests.support.plugin import listen_to_interrupts
from tests.support.postgres import Postgres, packaged_binaries
from tests.support.valkey import Valkey


@pytest.mark.slow
def test_postgres_of_the_package_serves_where_the_system_has_none() -> None:
    server = Postgres(binaries=packaged_binaries())
    try:
        with psycopg.connect(server.create_database("probe")) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("probe",)
    finally:
        server.stop()
    assert not server.server.is_alive
    assert not server.folder.exists()


def test_private_postgres_takes_no_stranger(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgres://hookflow:wrong@127.0.0.1:{postgres.port}/postgres", connect_timeout=2)


def test_killed_valkey_comes_back_empty_on_the_same_socket() -> None:
    server = Valkey()
    try:
        server.client().set("a", "1")
        server.kill()
        server.start()
        assert server.client().get("a") is None
    finally:
        server.stop()
    assert not server.folder.exists()


def test_what_a_test_starts_hears_sigint_although_the_suite_was_started_in_the_background() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        listen_to_interrupts()
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == -signal.SIGINT
    finally:
        signal.signal(signal.SIGINT, before)
