"""Running one program from an event loop: see `run`."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from common.programs import keeper
from common.programs.confinement import HOME, RESULT, Confinement, Refused, confined, environment
from common.programs.folders import own_folder
from common.programs.spec import MAX_OUTPUT, MAX_RESULT, Ending, Finished, Program, Stream
from common.redact import plain_text

OnLine = Callable[[Stream, str], None]
AskEnding = Callable[[], Awaitable[Ending]]
MOST_LINE: Final = 8_192
END_SECONDS: Final = 6.0
"""How long a keeper may take to end a program before it is ended itself."""
LOOK_SECONDS: Final = 1.0
"""Whoever asked a program to end may want it to end at once a while later."""
WORDS: Final[dict[Ending, bytes]] = {"ask_then_kill": b"T", "ask": b"A", "kill": b"K"}
KEEPER: Final = str(Path(keeper.__file__))


async def at_once() -> Ending:
    """Asked, and killed a little later: where nothing else is wanted."""
    return "ask_then_kill"


async def run(
    program: Program, kept: Confinement, on_line: OnLine | None = None, ending: AskEnding = at_once
) -> Finished:
    """Run a program to its end, or to that of its time. Cancelling ends it, too.

    Args:
        on_line: gets each line as it comes, as (`stdout` or `stderr`, text).
        ending: says how, each second after it was cancelled.

    Raises:
        Refused: `not_confined`, `program_missing`.
    """
    if not os.access(program.argv[0], os.X_OK) or Path(program.argv[0]).is_dir():
        raise Refused(
            "program_missing",
            f"There is no program {program.argv[0]}.",
            hint="Install it on the workers' machines.",
        )
    with _place(program, kept) as place:
        ours, theirs = socket.socketpair()
        with ours, theirs, _input(program.stdin) as stdin:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", KEEPER, str(theirs.fileno())),
                stdin=stdin,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                env={},
                cwd="/",
            )
            theirs.close()
            return await _kept(process, ours, place, on_line, ending)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a program works, and the file that it may write its result to."""

    spec: dict[str, Any]
    result: int
    confinement: str


@contextmanager
def _place(program: Program, kept: Confinement) -> Iterator[_Place]:
    user = kept.user()
    with own_folder() as folder:
        result, works_in = folder / "result", folder / "work"
        fd = os.open(result, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            works_in.mkdir(mode=0o700)
            inside = _made_below(works_in, program.working_directory) if kept.kind != "box" else works_in
            if user:
                for path in (folder, result, works_in, *_between(works_in, inside)):
                    os.chown(path, user, user)
            yield _Place(_spec(program, kept, user, works_in, inside, result), fd, kept.name)
        finally:
            os.close(fd)


def _made_below(works_in: Path, path: str) -> Path:
    if path.startswith("/"):
        return Path(path)
    inside = works_in / path
    inside.mkdir(parents=True, exist_ok=True, mode=0o700)
    return inside


def _between(top: Path, inside: Path) -> list[Path]:
    return [path for path in (inside, *inside.parents) if top in path.parents]


def _spec(
    program: Program, kept: Confinement, user: int, works_in: Path, inside: Path, result: Path
) -> dict[str, Any]:
    is_boxed = kept.kind == "box"
    home, seen = (HOME, RESULT) if is_boxed else (str(works_in), str(result))
    folder = "/" if is_boxed else str(inside)
    return {
        "argv": confined(kept, program, user, str(result)),
        "env": dict(environment(program, home, seen)),
        "folder": folder,
        "is_boxed": is_boxed,
        "uid": user,
        "seconds": program.limits.seconds,
        "memory": program.limits.memory_mb << 20,
        "max_output": MAX_OUTPUT,
    }


@contextmanager
def _input(data: bytes) -> Iterator[int]:
    """A descriptor to read the data from."""
    fd = os.memfd_create("input") if data else os.open(os.devnull, os.O_RDONLY)
    try:
        if data:
            with open(fd, "wb", closefd=False) as file:
                file.write(data)
            os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)


async def _kept(
    process: asyncio.subprocess.Process,
    control: socket.socket,
    place: _Place,
    on_line: OnLine | None,
    ending: AskEnding,
) -> Finished:
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("The keeper has no pipes.")
    control.setblocking(False)
    outputs = [
        asyncio.create_task(_read(process.stdout, "stdout", on_line)),
        asyncio.create_task(_read(process.stderr, "stderr", on_line)),
    ]
    answer = asyncio.create_task(_talk(control, place.spec))
    everything = asyncio.gather(answer, *outputs)
    try:
        await asyncio.shield(everything)
    except asyncio.CancelledError:
        await _end(control, everything, ending)
        raise
    finally:
        if process.returncode is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 1.0)
        if process.returncode is None:
            process.kill()
            await process.wait()
    stdout, stderr = (output.result() for output in outputs)
    raw = os.pread(place.result, MAX_RESULT, 0)
    return Finished(
        stdout=stdout,
        stderr=stderr,
        result=plain_text(raw.decode(errors="replace")),
        raw_result=raw,
        confinement=place.confinement,
        **json.loads(answer.result()),
    )


async def _end(control: socket.socket, everything: asyncio.Future[Any], ending: AskEnding) -> None:
    told: Ending | None = None
    try:
        while told in (None, "ask") and not everything.done():
            wanted = await _wanted(ending)
            if wanted != told:
                with suppress(OSError):
                    control.send(WORDS[wanted])
            told = wanted
            await asyncio.wait((everything,), timeout=LOOK_SECONDS if told == "ask" else END_SECONDS)
    finally:
        everything.add_done_callback(lambda done: None if done.cancelled() else done.exception())
        everything.cancel()


async def _wanted(ending: AskEnding) -> Ending:
    try:
        return await ending()
    except Exception:  # noqa: BLE001  # whoever knows is away: as where nothing was said
        return await at_once()


async def _talk(control: socket.socket, spec: dict[str, Any]) -> bytes:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(control, json.dumps(spec).encode() + b"\n")
    told = b""
    while not told.endswith(b"\n"):
        part = await loop.sock_recv(control, 65_536)
        if not part:
            raise Refused("program_lost", "The program's keeper ended before the program did.")
        told += part
    return told


async def _read(pipe: asyncio.StreamReader, stream: Stream, on_line: OnLine | None) -> str:
    """The whole output, cleaned; each line goes to `on_line` as soon as it is there."""
    kept, line = bytearray(), b""
    while part := await pipe.read(65_536):
        kept += part
        *whole, line = (line + part).split(b"\n")
        _pass_on(whole, stream, on_line)
        if len(line) > MOST_LINE:
            _pass_on([line], stream, on_line)
            line = b""
    _pass_on([line] if line else [], stream, on_line)
    return plain_text(kept.decode(errors="replace"))


def _pass_on(lines: list[bytes], stream: Stream, on_line: OnLine | None) -> None:
    if on_line is not None:
        for line in lines:
            on_line(stream, plain_text(line[:MOST_LINE].decode(errors="replace").rstrip("\r")))
