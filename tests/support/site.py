"""The whole program as a person starts it, in a data folder and on a port of the test's own."""

import os
import re
import signal
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from bench.memory import family, name, pss
from tests.support.migrated import copy_migrated
from tests.support.processes import Server, free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 90.0
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Site:
    """One launcher and all that it started.

    Args:
        data: its data folder; made if missing.
        env: what the environment has besides, such as `DATABASE_URL`.
    """

    def __init__(self, data: Path, **env: str) -> None:
        self.data = data
        self.port = free_port()
        self.env = env
        self.log = Path(tempfile.mkdtemp(prefix="hf-site-")) / "site.log"
        self._server: Server | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the launcher and of `manage.py`: nothing of the test's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        chosen = {"HOOKFLOW_DATA": str(self.data), "PORT": str(self.port), "HOOKFLOW_LOCAL_DEMO": "0"}
        return {**kept, **chosen, **self.env}

    @property
    def server(self) -> Server:
        """The launcher's process."""
        assert self._server is not None, "The site was not started."
        return self._server

    def with_tables(self) -> "Site":
        """Give it an SQLite database that has all tables and no rows: the migrations are not what its test is about."""
        self.data.mkdir(mode=0o700)
        copy_migrated(self.data / "hookflow.sqlite3")
        if self.env.get("HOOKFLOW_LOCAL_DEMO") == "1":
            (self.data / "local-demo").write_text("wanted")  # else only a database without tables becomes one
        return self

    def launch(self) -> Server:
        """Start it and return at once."""
        command = [sys.executable, "-m", "hookflow_site.launcher"]
        self._server = Server(command, self.log, env=self.environment, cwd=ROOT)
        return self._server

    def start(self) -> "Site":
        """Start it and wait until it says that it is ready."""
        before = self.output().count("hookflow is ready at")
        self.launch()
        wait_until(lambda: self._is_up(before), "The site is ready", START_SECONDS)
        return self

    def _is_up(self, before: int) -> bool:
        if not self.server.is_alive:
            raise RuntimeError(f"The site did not start:\n{self.server.tail()}")
        return self.output().count("hookflow is ready at") > before

    def output(self) -> str:
        """All that it printed."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def one_time_password(self) -> str:
        """The first admin's."""
        found = re.search(r"with the one-time password (\S+)", self.output())
        assert found, "No password was printed."
        return found[1]

    def processes(self) -> dict[str, int]:
        """Process ids by name: `worker`, `web`, `valkey-server`."""
        launcher = self.server.process.pid
        names = {name(process): process for process in family(launcher) if process != launcher}
        return {("valkey-server" if "valkey" in key else key): value for key, value in names.items()}

    def memory_bytes(self) -> int:
        """PSS of all processes."""
        return sum(pss(process) for process in family(self.server.process.pid))

    def kill(self, which: str) -> int:
        """SIGKILL to one of its processes; the process id that is gone."""
        process = self.processes()[which]
        os.kill(process, signal.SIGKILL)
        return process

    def status(self, path: str = "/readyz") -> int:
        """The status of a GET; 0 when nothing answers."""
        try:
            with _opener.open(f"{self.url}{path}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.server.stop(seconds=40)
        return int(self.server.process.returncode)


def is_running(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
