"""What the launcher is to do, read from the environment and checked before anything starts."""

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hookflow_site.env import Env
from hookflow_site.launcher.children import ROOT
from hookflow_site.launcher.messages import Refusal
from hookflow_site.web import listening

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  # compared with, not bound
PROBE_HOST = "localhost"
"""The name under which the launcher asks whether web is ready."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Config:
    """The shape of this start.

    Args:
        host: the address that the web processes listen on.
        port: its TCP port.
        data: the folder of the database, the keys and the copies.
        is_embedded_database: whether the database is SQLite.
        is_embedded_valkey: whether Valkey is started here.
        webs: number of web processes.
        workers: number of worker processes.
        child_memory: bytes that a web or worker process may take; 0 for no limit.
        given: the environment that was read.
    """

    host: str
    port: int
    data: Path
    is_embedded_database: bool
    is_embedded_valkey: bool
    webs: int
    workers: int
    child_memory: int
    given: Mapping[str, str] = field(repr=False)

    @property
    def local_host(self) -> str:
        """The host under which this machine reaches the web processes."""
        return "127.0.0.1" if self.host in EVERYWHERE else self.host

    @property
    def address(self) -> str:
        """What people type into the browser."""
        return self.given.get("SITE_URL") or f"http://{in_url(self.local_host)}:{self.port}"

    @property
    def may_have_demo(self) -> bool:
        """Whether an empty database gets the demo platform: only where nobody else can reach it."""
        wanted = Env(self.given).flag("HOOKFLOW_LOCAL_DEMO", True)
        return wanted and self.is_embedded_database and self.host in LOOPBACK


def in_url(host: str) -> str:
    """A host as URLs hold it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def read_config(values: Mapping[str, str]) -> Config:
    """Read and check.

    Raises:
        BadSetting: a value cannot be used.
    """
    env = Env(values)
    return Config(
        host=env.text("HOST", "127.0.0.1").strip("[]"),
        port=env.number("PORT", 8000, least=1, most=65_535),
        data=Path(env.text("HOOKFLOW_DATA", str(ROOT / "data"))).absolute(),
        is_embedded_database=env.database_scheme("DATABASE_URL", "sqlite:///") == "sqlite",
        is_embedded_valkey=not env.text("REDIS_URL"),
        webs=env.number("WEB_PROCESSES", 1, least=1, most=64),
        workers=env.number("WORKER_PROCESSES", 1, least=1, most=64),
        child_memory=env.number("CHILD_MEMORY_MB", 1536, least=0, most=2**20) * 1_048_576,
        given=dict(values),
    )


def make_data_folder(data: Path) -> None:
    """Make the folder, for this user alone, and see that it can be written.

    Raises:
        Refusal: it cannot.
    """
    probe = data / f".probe-{secrets.token_hex(4)}"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        data.chmod(0o700)
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise Refusal(
            f"The data folder {data} cannot be written ({error.strerror}): "
            "set HOOKFLOW_DATA to a folder that this user may write."
        ) from error


def make_private_folder(path: Path) -> Path:
    """A folder for this user alone, in the data folder."""
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def listen(config: Config) -> socket.socket:
    """The socket that all web processes accept from. It outlives them: a restart refuses no connection.

    Raises:
        Refusal: the address is taken or not of this machine.
    """
    try:
        return listening.listen(config.host, config.port)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a host name"
        raise Refusal(
            f"Port {config.port} on {config.host or 'all addresses'} cannot be used ({reason}): "
            "end the program that has it, or set PORT (and HOST) to another."
        ) from error


def environment(config: Config, redis_url: str) -> dict[str, str]:
    """The environment of everything that is started."""
    hosts = ["127.0.0.1", "[::1]", *([] if config.host in EVERYWHERE else [in_url(config.host)])]
    wanted = config.given.get("ALLOWED_HOSTS") or ",".join(hosts)
    return {
        "SITE_URL": config.address,
        **config.given,
        "ALLOWED_HOSTS": f"{wanted},{PROBE_HOST}",
        "HOOKFLOW_DATA": str(config.data),
        "REDIS_URL": redis_url,
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": config.given.get("PYTHONWARNINGS", "ignore"),
        "DJANGO_SETTINGS_MODULE": "hookflow_site.settings",
        # One arena a thread would cost tens of megabytes in every process.
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
    }
