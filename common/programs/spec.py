"""What is run, within which limits, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

MAX_OUTPUT = 262_144
"""Bytes of each output that are kept."""
MAX_RESULT = 262_144
Stream = Literal["stdout", "stderr"]
Ending = Literal["ask_then_kill", "ask", "kill"]
"""How a program that is stopped ends: asked, and killed two seconds later; asked alone; or killed at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use. `cpu_seconds`, `memory_mb` and `file_mb` hold for each of its processes; memory also for
    all of them together."""

    seconds: float = 60.0
    cpu_seconds: int = 60
    memory_mb: int = 512
    processes: int = 64
    file_mb: int = 16
    open_files: int = 64


@dataclass(frozen=True, slots=True)
class Program:
    """A program to run.

    Args:
        argv: an absolute path and its arguments; nothing of it passes a shell.
        env: beside `PATH`, `HOME` and `LANG`, all that it sees.
        directories: folders of this machine that it may read.
        working_directory: a relative path below its own folder, which is new and goes when it ends; or one of
            `directories`.
        result_variable: the variable that names a file of which the first `MAX_RESULT` bytes come back.
    """

    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    directories: Sequence[str] = ()
    working_directory: str = ""
    has_network: bool = False
    limits: Limits = Limits()
    result_variable: str = "RESULT_FILE"


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended.

    Args:
        exit_code: 128 and the signal's number for what a signal ended.
        ended_by: what ended it before its own end; empty when it ended by itself.
        stdout: the first `MAX_OUTPUT` bytes as text, cleaned and redacted; `stderr` likewise.
        dropped: bytes of output that were not kept.
        peak_memory: bytes, of its largest process or of all together, whichever was seen to be more.
        confinement: how it was kept in.
        raw_result: the result as it was written, for who reads it as data; nothing in it is masked.
    """

    exit_code: int
    ended_by: Literal["", "timeout", "memory", "stopped"] = ""
    stdout: str = ""
    stderr: str = ""
    dropped: int = 0
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    pid: int = 0
    result: str = ""
    confinement: str = ""
    raw_result: bytes = field(default=b"", repr=False)
