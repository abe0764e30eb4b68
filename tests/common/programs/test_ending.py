"""Ending a program from outside: cancelled, asked, or killed."""

import asyncio
import os
import time
from collections.abc import Callable

import pytest

from common.programs import run
from common.programs.confinement import Confinement
from tests.common.programs.test_running import alive, every_strict_way, every_way, python, shell


@every_way
async def test_cancelling_ends_it(kept: Confinement):
    marker = f"marker{os.urandom(8).hex()}"
    task = asyncio.create_task(run(python(f"import time; time.sleep(1e9) # {marker}"), kept))
    while not alive(marker):
        await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert alive(marker) == []


STUBBORN = "trap 'echo asked' TERM; echo ready; while :; do sleep 0.1; done"


async def stopped(script: str, kept: Confinement, ending: Callable) -> tuple[list[str], float]:
    """What it wrote, and how long it took to end once it was cancelled."""
    lines: list[str] = []
    task = asyncio.create_task(run(shell(script), kept, lambda stream, line: lines.append(line), ending))
    while "ready" not in lines:
        await asyncio.sleep(0.05)
    begun = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return lines, time.monotonic() - begun


@every_strict_way
async def test_one_that_is_only_asked_has_all_the_time_it_takes(kept: Confinement):
    async def ask() -> str:
        return "ask"

    script = "trap 'sleep 3; echo tidied; exit' TERM; echo ready; while :; do sleep 0.1; done"
    lines, seconds = await stopped(script, kept, ask)
    assert lines[-1] == "tidied"
    assert seconds >= 3


@every_strict_way
async def test_one_that_was_only_asked_is_killed_when_that_is_wanted_later(kept: Confinement):
    wanted = iter(["ask", "ask", "ask", "ask", "kill"])

    async def later() -> str:
        return next(wanted)

    lines, seconds = await stopped(STUBBORN, kept, later)
    assert lines.count("asked") == 1
    assert 4 <= seconds < 9


@every_strict_way
async def test_by_force_at_once_nothing_is_asked(kept: Confinement):
    async def kill() -> str:
        return "kill"

    lines, seconds = await stopped(STUBBORN, kept, kill)
    assert lines == ["ready"]
    assert seconds < 2


@every_strict_way
async def test_where_nobody_knows_how_it_ends_it_is_killed(kept: Confinement):
    async def unknown() -> str:
        raise OSError("The database is away.")

    _, seconds = await stopped(STUBBORN, kept, unknown)
    assert seconds < 6
