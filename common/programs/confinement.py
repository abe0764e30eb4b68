"""How a program is kept in: in a box of its own, as a user of its own, or not at all."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Final, Literal

from common.failure import Failure
from common.programs.spec import Limits, Program

Kind = Literal["box", "user", "none"]
HOME: Final = "/work"
RESULT: Final = "/work/.result"
INFO_FD: Final = 3
BOX_MB: Final = 64
"""Of the folder that a program in a box works in, and of its `/tmp`."""
FIRST_USER: Final = 1_879_048_192
"""User ids from here on are nobody's: systemd's table leaves them free."""
USERS: Final = 1_000_000
_SYSTEM: Final = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC: Final = (
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/ssl/certs",
    "/usr/share/ca-certificates",
)
_NETWORK_ETC: Final = ("/etc/hosts", "/etc/resolv.conf", "/etc/services", "/etc/protocols")
_TOOLS: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ALREADY: Final = ("/usr/", "/bin/", "/sbin/")
_counter = count(os.getpid() * 31)


class Refused(Failure):
    """There is nothing here that keeps a program in, and the setting asks for it."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """What this machine offers. `is_root`: programs get a user id of their own."""

    kind: Kind
    is_root: bool = False

    @property
    def name(self) -> str:
        """For people."""
        return {"box": "bubblewrap", "user": "a user of its own", "none": "not confined"}[self.kind]

    def user(self) -> int:
        """A user id for one program; 0 where it keeps the worker's."""
        return FIRST_USER + next(_counter) % USERS if self.is_root and self.kind != "none" else 0


def best_confinement(*, allows_none: bool) -> Confinement:
    """The best that works here.

    Raises:
        Refused: `not_confined`.
    """
    found = _found()
    if found is not None:
        return found
    if allows_none:
        return Confinement("none")
    raise Refused(
        "not_confined",
        "Programs are not run here: nothing keeps them away from the data of this installation.",
        hint="Install bubblewrap, or have the worker started by root so that it can use another user."
        " UNCONFINED_PROGRAMS=true runs them as the worker's own user.",
    )


@lru_cache(maxsize=1)
def _found() -> Confinement | None:
    is_root = os.geteuid() == 0
    for one in (Confinement("box", is_root), *([Confinement("user", True)] if is_root else [])):
        if _works(one):
            return one
    return None


def _works(one: Confinement) -> bool:
    try:
        program = Program(["/usr/bin/true"], limits=Limits(memory_mb=256))
        argv = confined(one, program, one.user(), None, info_fd=2)
        return subprocess.run(argv, env={}, capture_output=True, timeout=10, check=False).returncode == 0  # noqa: S603
    except (OSError, subprocess.SubprocessError, Refused):
        return False


def confined(
    one: Confinement, program: Program, user: int, result: str | None, info_fd: int = INFO_FD
) -> list[str]:
    """The command line that runs the program kept in.

    Args:
        result: the file of this machine that it may write its result to.
        info_fd: where a box says which process is the first inside.
    """
    inside = [*_limited(program.limits), *program.argv]
    if user:
        inside = [*_as_user(user), *inside]
    return [*_box(program, user, result, info_fd), "--", *inside] if one.kind == "box" else inside


def tool(name: str) -> str:
    """The path of a program of the system.

    Raises:
        Refused: it is not there.
    """
    path = shutil.which(name, path=_TOOLS)
    if path is None:
        raise Refused(
            "not_confined", f"The program {name} is missing.", hint="Install bubblewrap and util-linux."
        )
    return path


def _limited(limits: Limits) -> list[str]:
    return [
        tool("prlimit"),
        f"--cpu={limits.cpu_seconds}:{limits.cpu_seconds + 1}",
        f"--as={limits.memory_mb << 20}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.file_mb << 20}",
        f"--nofile={limits.open_files}",
        "--core=0",
        "--",
    ]


def _as_user(user: int) -> list[str]:
    return [
        tool("setpriv"),
        f"--reuid={user}",
        f"--regid={user}",
        "--clear-groups",
        "--no-new-privs",
        "--inh-caps=-all",
        "--bounding-set=-all",
        "--pdeathsig=KILL",
        "--",
    ]


def _box(program: Program, user: int, result: str | None, info_fd: int) -> list[str]:
    """Without a user of the outside, the one inside is nobody, and maps to the worker's own outside."""
    size = str(BOX_MB << 20)
    args = [
        *(tool("bwrap"), "--die-with-parent", "--new-session", "--info-fd", str(info_fd)),
        *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *([] if program.has_network else ["--unshare-net"]),
        *([] if user else ["--unshare-user", "--uid", "65534", "--gid", "65534"]),
        *("--hostname", "hookflow", "--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--size", size, "--tmpfs", "/tmp"),  # noqa: S108  # the box's own
        *("--perms", "1777" if user else "0700", "--size", size, "--tmpfs", HOME),
        *_bound("/usr", *_SYSTEM, *_ETC, *(_NETWORK_ETC if program.has_network else ())),
    ]
    shown = [path for path in (*program.directories, program.argv[0]) if not path.startswith(_ALREADY)]
    for path in shown:
        args += [*_way_to(path), "--ro-bind", path, path]
    if result is not None:
        args += ["--bind", result, RESULT]
    return [*args, *_working_directory(program.working_directory, "1777" if user else "0700")]


def _way_to(path: str) -> list[str]:
    """The folders above it, which another user may pass: those that bwrap makes by itself are closed to others."""
    above = [str(parent) for parent in reversed(Path(path).parents)][1:]
    return [word for parent in above for word in ("--perms", "0755", "--dir", parent)]


def _bound(*paths: str) -> list[str]:
    args: list[str] = []
    for path in paths:
        if os.path.islink(path) and path in _SYSTEM:
            args += ["--symlink", os.readlink(path), path]
        else:
            args += ["--ro-bind-try", path, path]
    return args


def _working_directory(path: str, mode: str) -> list[str]:
    if path.startswith("/"):
        return ["--chdir", path]
    args: list[str] = []
    below = Path(HOME)
    for part in Path(path).parts:
        below /= part
        args += ["--perms", mode, "--dir", str(below)]
    return [*args, "--chdir", str(below)]


def environment(program: Program, home: str, result: str) -> Mapping[str, str]:
    """All variables that the program sees."""
    base = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"}
    return {**base, **program.env, **({program.result_variable: result} if program.result_variable else {})}


def printable(argv: Sequence[str]) -> str:
    """A command line as one would type it, for people; it is never run."""
    return shlex.join(argv)
