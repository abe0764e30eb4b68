"""Make the virtual environment in `.venv` and keep it as `requirements/` says. Run by the system's Python."""

import shutil
import sys
from pathlib import Path

from scripts.shell import ROOT, Stop, fingerprint, is_done, main_guard, must, run, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PLUGINS = ROOT / "requirements" / "plugins.txt"
"""The packages of others that this installation uses besides; docs/plugins.md."""
SETS = {"base": "what hookflow needs", "dev": "what its tests and checks need"}


def main() -> int:
    """Bring `.venv` up to date for the set named on the command line: `base` or `dev`."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else "base"
    if wanted not in SETS:
        raise Stop(f"{wanted!r} is not a set of requirements; write base or dev.")
    if is_done(stamp(wanted), mark(wanted)):
        return 0
    make_venv()
    say(f"Installing {SETS[wanted]} into .venv (this takes a minute the first time) ...")
    pip("install", "--no-deps", "--require-hashes", "-r", f"requirements/{wanted}.txt")
    # The entry points of hookflow's own nodes are found through its installed metadata.
    pip("install", "--no-deps", "--no-build-isolation", "-e", ".")
    if PLUGINS.is_file():
        pip("install", "-r", PLUGINS)
    for name in ("base", wanted):  # dev.txt holds all of base.txt
        stamp(name).write_text(mark(name))
    return 0


def stamp(name: str) -> Path:
    """The file that says what of a set is installed."""
    return VENV / f".hookflow-{name}"


def mark(name: str) -> str:
    """Changes with everything that an installation of the set depends on."""
    files = [
        ROOT / "requirements" / f"{name}.txt",
        ROOT / "requirements" / "base.txt",
        ROOT / "pyproject.toml",
    ]
    return fingerprint({*files, *([PLUGINS] if PLUGINS.is_file() else [])}, sys.version)


def make_venv() -> None:
    """Make the environment unless a working one of this Python version is there.

    Raises:
        Stop: Python came without `venv` or `ensurepip`, as on Debian without its package python3-venv.
    """
    same = f"import sys; sys.exit(sys.version != {sys.version!r} or sys.prefix != {str(VENV)!r})"
    if PYTHON.exists() and run([PYTHON, "-c", same]) == 0:
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    say("Making the virtual environment .venv ...")
    if run([sys.executable, "-m", "venv", VENV]):
        raise Stop(
            "The virtual environment could not be made: on Debian and Ubuntu, install python3-venv first."
        )


def pip(*arguments: str | Path) -> None:
    must([PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq", *arguments], "The installation with pip")


if __name__ == "__main__":
    main_guard(main)
