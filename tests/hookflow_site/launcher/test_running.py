"""The launcher for real: what it starts, what it keeps alive, what it leaves behind."""

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from hookflow_site.launcher import prepared
from hookflow_site.launcher.services import WORKER_NICENESS
from tests.support.postgres import Postgres
from tests.support.processes import wait_until
from tests.support.site import Site, is_running
from tests.support.valkey import Valkey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
EVERYTHING = {"mould", "web", "worker", "valkey-server"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = Site(tmp_path_factory.mktemp("site") / "data").start()
    yield running
    if running.server.is_alive:
        running.stop()


def test_start_brings_web_worker_and_valkey(site: Site) -> None:
    wait_until(lambda: set(site.processes()) == EVERYTHING, "All processes are there")
    assert site.status() == 200


def test_flows_at_work_stand_back_behind_the_doors(site: Site) -> None:
    wait_until(lambda: set(site.processes()) == EVERYTHING, "All processes are there")
    niceness = {name: os.getpriority(os.PRIO_PROCESS, pid) for name, pid in site.processes().items()}
    assert niceness["worker"] - niceness["web"] == WORKER_NICENESS


def test_first_start_prints_a_one_time_password(site: Site) -> None:
    assert len(site.one_time_password()) >= 12


def test_keys_and_data_are_for_this_user_alone(site: Site) -> None:
    assert stat.S_IMODE(site.data.stat().st_mode) == 0o700
    for name in ("SECRET_KEY", "ENCRYPTION_KEYS"):
        assert stat.S_IMODE((site.data / name).stat().st_mode) == 0o600


def test_valkey_listens_on_no_port_and_in_a_private_folder(site: Site) -> None:
    folder = Path((site.data / "valkey-folder").read_text())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(str(folder / "valkey.sock").encode()) <= 107
    assert (folder / "valkey.sock").is_socket()


@pytest.mark.parametrize("which", sorted(EVERYTHING))
def test_a_killed_process_comes_back(site: Site, which: str) -> None:
    killed = site.kill(which)
    started = time.monotonic()
    wait_until(lambda: site.processes().get(which, killed) != killed, f"{which} is back")
    assert time.monotonic() - started < 5
    wait_until(lambda: site.status() == 200, "The site is ready again", 60)


def test_what_was_cast_outlives_the_mould_and_comes_back_without_it(site: Site) -> None:
    wait_until(lambda: set(site.processes()) == EVERYTHING, "All processes are there")
    before = site.processes()
    site.kill("mould")
    site.kill("worker")
    wait_until(lambda: set(site.processes()) == EVERYTHING, "All processes are there again")
    after = site.processes()
    assert after["web"] == before["web"]
    assert "worker ended" in site.output()


def test_second_launcher_on_the_same_folder_is_refused(site: Site) -> None:
    second = Site(site.data)
    assert second.launch().process.wait(30) == 2
    assert f"hookflow already runs on the data folder {site.data}" in second.output()
    assert f"process {site.server.process.pid}" in second.output()


def test_stop_leaves_nothing_behind_and_a_second_start_keeps_the_data(site: Site) -> None:
    folder = Path((site.data / "valkey-folder").read_text())
    processes = site.processes()
    assert site.stop() == 0
    assert not [name for name, process in processes.items() if is_running(process)]
    assert not folder.exists()
    site.start()
    with closing(sqlite3.connect(site.data / "hookflow.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM accounts_user").fetchone() == (1,)
    assert site.output().count("one-time password") == 2  # both of the first start


def test_nothing_outlives_a_killed_launcher(site: Site) -> None:
    processes = list(site.processes().values())
    site.server.kill()
    wait_until(lambda: not any(is_running(process) for process in processes), "All are gone", 5)
    left = Path((site.data / "valkey-folder").read_text())
    site.start()
    assert not left.exists()


def test_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    refused = Site(tmp_path / "data")
    with socket.create_server(("127.0.0.1", refused.port)):
        assert refused.launch().process.wait(30) == 2
    lines = refused.output().splitlines()
    assert lines == [
        f"hookflow cannot start: Port {refused.port} on 127.0.0.1 cannot be used (Address already in use): "
        "end the program that has it, or set PORT (and HOST) to another."
    ]


def test_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = Site(tmp_path / "file" / "data")
    assert refused.launch().process.wait(30) == 2
    assert refused.output().count("\n") == 1
    assert "cannot be written (Not a directory)" in refused.output()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("REDIS_URL", "http://localhost"),
        ("RETENTION_DAYS", "0"),
        ("ENCRYPTION_KEYS", "short"),
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", "http://flows.example.org"),
    ],
)
def test_broken_value_is_one_sentence_with_its_name(tmp_path: Path, name: str, value: str) -> None:
    refused = Site(tmp_path / "data", **{name: value})
    if name == "PORT":
        refused.env["PORT"] = value
    assert refused.launch().process.wait(60) == 2
    lines = refused.output().splitlines()
    assert len(lines) == 1, refused.output()
    assert lines[0].startswith("hookflow cannot start: ")
    assert name in lines[0] or "ncryption key" in lines[0]


def execute(site: Site, statement: str) -> None:
    with closing(sqlite3.connect(site.data / "hookflow.sqlite3")) as connection:
        connection.execute(statement)
        connection.commit()


def test_rows_encrypted_with_a_key_that_is_not_there_are_refused(site: Site) -> None:
    if site.server.is_alive:
        site.stop()
    execute(site, "INSERT INTO flows_hook (flow_id, key, secret) VALUES ('f', 'k', 'hf1.k9.AAAA')")
    (site.data / "ENCRYPTION_KEYS").unlink()
    assert site.launch().process.wait(60) == 2
    assert "secrets that were encrypted with the key 'k9', which is not set" in site.output()
    assert not (site.data / "ENCRYPTION_KEYS").exists()
    execute(site, "DELETE FROM flows_hook")


def test_database_of_a_newer_program_is_refused(site: Site) -> None:
    if site.server.is_alive:
        site.stop()
    later = "INSERT INTO django_migrations (app, name, applied) VALUES ('flows', '9999_later', '2030-01-01')"
    execute(site, later)
    assert site.launch().process.wait(60) == 2
    assert (
        "was migrated by a newer hookflow (its migration flows.9999_later is unknown here)" in site.output()
    )


def test_demo_ends_when_it_is_switched_off(tmp_path: Path) -> None:
    demo = Site(tmp_path / "data", HOOKFLOW_LOCAL_DEMO="1").with_tables().start()
    demo.stop()
    assert allowed_networks(demo) == ["127.0.0.0/8", "::1/128"]
    demo.env["HOOKFLOW_LOCAL_DEMO"] = "0"
    demo.start()
    demo.stop()
    assert "The demo ends here" in demo.output()
    assert allowed_networks(demo) == []


def test_a_demo_whose_loading_was_cut_short_is_one_for_what_the_next_start_casts(tmp_path: Path) -> None:
    demo = Site(tmp_path / "data", HOOKFLOW_LOCAL_DEMO="1").with_tables().start()
    demo.stop()
    (demo.data / "local-demo").write_text("wanted")
    demo.start()
    environment = Path(f"/proc/{demo.processes()['mould']}/environ").read_bytes()
    demo.stop()
    assert b"HOOKFLOW_LOCAL_DEMO=1\0" in environment


def allowed_networks(site: Site) -> list[str]:
    with closing(sqlite3.connect(site.data / "hookflow.sqlite3")) as database:
        (row,) = database.execute("select egress_allowed_networks from accounts_platformsettings")
    return list(json.loads(row[0]))


def test_uvicorn_serves_the_same_site(tmp_path: Path) -> None:
    other = Site(tmp_path / "data", WEB_SERVER="uvicorn").with_tables().start()
    address = f"ws://127.0.0.1:{other.port}/ws/v1/runs/00000000-0000-0000-0000-000000000000/"
    try:
        assert other.status() == other.status("/sign-in/") == 200
        with connect(address, origin=Origin(other.url)) as line, pytest.raises(ConnectionClosed) as closed:
            line.recv(10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4404
        with (
            pytest.raises(InvalidStatus, match="403"),
            connect(address, origin=Origin("https://evil.example")),
        ):
            pass
        killed = other.kill("web")
        wait_until(lambda: other.processes().get("web", killed) != killed, "web is back")
        wait_until(lambda: other.status() == 200, "The site is ready again", 60)
    finally:
        assert other.stop() == 0
    assert "uvicorn" not in other.output()
    assert "Traceback" not in other.output()


def is_prepared(site: Site) -> bool:
    command = [sys.executable, "-m", "hookflow_site.launcher.prepared"]
    return subprocess.run(command, env=site.environment, check=False).returncode == prepared.YES


def test_ctrl_c_during_the_start_ends_it(tmp_path: Path) -> None:
    early = Site(tmp_path / "data")
    early.launch()
    wait_until((early.data / "valkey-folder").exists, "It has begun")
    os.kill(early.server.process.pid, signal.SIGINT)
    assert early.server.process.wait(30) in (0, 130)
    assert not (early.data / "valkey-folder").exists()


def test_same_program_runs_on_postgresql_and_redis(
    postgres: Postgres, valkey: Valkey, tmp_path: Path
) -> None:
    urls = {"DATABASE_URL": postgres.create_database("site"), "REDIS_URL": valkey.url}
    big = Site(tmp_path / "data", **urls).start()
    try:
        wait_until(lambda: set(big.processes()) == {"mould", "web", "worker"}, "All processes are there")
        assert big.status() == 200
        assert not (big.data / "hookflow.sqlite3").exists()
        assert not (big.data / "local-demo").exists()
        assert is_prepared(big)
        with psycopg.connect(urls["DATABASE_URL"]) as database:
            database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        assert not is_prepared(big)
    finally:
        assert big.stop() == 0
