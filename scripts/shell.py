"""Run commands, speak to the person at the terminal, keep stamps of what is already done."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent


class Stop(Exception):
    """The work cannot go on; the text is one sentence for the person at the terminal."""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    output: IO[str] | None = None,
) -> int:
    """Run a command to its end and return its exit code.

    Args:
        output: the file that takes what it says; None is the terminal.

    Raises:
        Stop: the program is not there.
    """
    try:
        parts = [str(part) for part in command]
        errors = None if output is None else subprocess.STDOUT
        return subprocess.run(parts, cwd=cwd, env=env, check=False, stdout=output, stderr=errors).returncode
    except FileNotFoundError as error:
        raise Stop(f"{command[0]} is not installed.") from error


def must(
    command: Sequence[str | Path],
    what: str,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> None:
    """Run a command that has to succeed.

    Raises:
        Stop: it did not; the sentence names `what` failed.
    """
    code = run(command, env=env, cwd=cwd)
    if code:
        raise Stop(f"{what} failed with exit code {code}; the lines above say why.")


def fingerprint(paths: Iterable[Path], *facts: str) -> str:
    """A digest of the contents of files (by name) and of further facts."""
    digest = hashlib.sha256("\0".join((str(ROOT), *facts)).encode())
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_done(stamp: Path, mark: str) -> bool:
    """Whether `stamp` says that the work for `mark` is done."""
    return stamp.is_file() and stamp.read_text() == mark


def plain_environment() -> dict[str, str]:
    """This environment without the variables that reroute certificates of HTTP clients under test."""
    dropped = {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PYTHONHOME", "PYTHONPATH", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


def main_guard(work: Callable[[], int]) -> None:
    """Call `work` and turn `Stop` and Ctrl-C into an exit code."""
    try:
        sys.exit(work())
    except Stop as stop:
        sys.stderr.write(f"{stop}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
