"""A ring wakes one runner that waits, and comes through again after every outage."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from common.sockets import redis_address
from flows.runner import bell as bell_module
from flows.runner import runner
from flows.runner.bell import Bell
from flows.sdk import Suspend
from flows.services.doorbell import BELL, QUESTIONS, Doorbell
from tests.support.flows import eventually, line, published, run_to_rest, running, started
from tests.support.spies import Spy
from tests.support.valkey import Valkey


@pytest.fixture
def private() -> Iterator[Valkey]:
    server = Valkey()
    yield server
    server.server.process.send_signal(signal.SIGCONT)
    server.stop()


@pytest.fixture
def url(private: Valkey) -> str:
    return redis_address(private.url).redis_url


@pytest.fixture
def ring(private: Valkey, settings: Any) -> Any:
    settings.REDIS = redis_address(private.url)
    return Doorbell()._send


@pytest.fixture
def ask(private: Valkey, settings: Any) -> Any:
    settings.REDIS = redis_address(private.url)
    return Doorbell(QUESTIONS)._send


class Hearer:
    """Counts the rings that a bell gave, and waits for the next one only when told."""

    def __init__(self, url: str) -> None:
        self.bell = Bell(url)
        self.rings = self.questions = 0

    def rung(self) -> None:
        self.rings += 1

    def asked(self) -> None:
        self.questions += 1

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.01)


@asynccontextmanager
async def hearing(*urls: str) -> AsyncIterator[list[Hearer]]:
    """Hearers that are connected, and have heard of what they may have missed."""
    hearers = [Hearer(url) for url in urls]
    tasks = [
        asyncio.create_task(hearer.bell.hear({BELL: hearer.rung, QUESTIONS: hearer.asked}))
        for hearer in hearers
    ]
    for hearer in hearers:
        await hearer.until(lambda hearer=hearer: hearer.rings == 1)
    yield hearers
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_one_ring_wakes_one_of_those_that_wait(url: str, ring: Any) -> None:
    async with hearing(url, url) as (one, other):
        one.bell.await_ring()
        other.bell.await_ring()
        ring()
        await one.until(lambda: one.rings + other.rings == 3)
        ring()
        await one.until(lambda: one.rings == other.rings == 2)


async def test_a_runner_that_is_busy_leaves_the_ring_to_another(url: str, ring: Any) -> None:
    async with hearing(url, url) as (busy, idle):
        for rings in (2, 3):
            idle.bell.await_ring()
            ring()
            await idle.until(lambda rings=rings: idle.rings == rings)
        assert busy.rings == 1


async def test_what_rings_for_runs_wakes_nobody_for_questions(url: str, ring: Any) -> None:
    async with hearing(url) as (one,):
        one.bell.await_ring()
        ring()
        await one.until(lambda: one.rings == 2)
        assert one.questions == 1


async def test_a_question_wakes_the_desk_alone_and_leaves_the_runner_waiting(url: str, ask: Any) -> None:
    async with hearing(url) as (one,):
        one.bell.await_ring()
        for questions in (2, 3):
            ask()
            await one.until(lambda questions=questions: one.questions == questions)
        assert one.rings == 1
        assert one.bell.will_ring


@pytest.mark.parametrize("outage", ["gone", "frozen"])
async def test_it_is_heard_again_after_an_outage(
    url: str, ring: Any, private: Valkey, outage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell_module, "LISTEN_SECONDS", 1)
    monkeypatch.setattr(bell_module, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(bell_module, "TRY_AGAIN_SECONDS", 0.05)
    async with hearing(url) as (one,):
        one.bell.await_ring()
        assert one.bell.is_heard
        if outage == "gone":
            private.kill()
        else:
            private.server.process.send_signal(signal.SIGSTOP)
        await one.until(lambda: not one.bell.is_heard)
        if outage == "gone":
            await asyncio.to_thread(private.start)
        else:
            private.server.process.send_signal(signal.SIGCONT)
        await one.until(lambda: one.bell.is_heard and one.rings >= 2)
        rings = one.rings
        one.bell.await_ring()
        ring()
        await one.until(lambda: one.rings > rings)


async def test_a_question_goes_on_to_another_while_one_has_no_room(url: str, ask: Any) -> None:
    full, free = Hearer(url), Hearer(url)
    is_full = False
    tasks = []
    for hearer, has_room in (
        (full, lambda bell: not (is_full and bell == QUESTIONS)),
        (free, lambda _: True),
    ):
        hearer.bell.await_ring()
        calls = {BELL: hearer.rung, QUESTIONS: hearer.asked}
        tasks.append(asyncio.create_task(hearer.bell.hear(calls, has_room)))
        await hearer.until(lambda one=hearer: one.questions == 1)  # what it may have missed
    is_full = True
    for number in range(1, 5):
        ask()
        await free.until(lambda wanted=number: free.questions == 1 + wanted)
    assert full.questions == 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.django_db(transaction=True)
def test_a_runner_looks_when_it_rings(
    url: str, ring: Any, spy: type[Spy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BUSY_POLL_SECONDS", 60.0)
    monkeypatch.setattr(runner, "IDLE_POLL_SECONDS", 60.0)
    bell = Bell(url)
    with running(bell=bell):
        eventually(lambda: bell.is_heard and bell._awaited.is_set(), what="it listens")
        run = started(published(line(("t", "spy-start", {}), ("a", "spy", {"name": "a"}))))
        ring()
        eventually(lambda: spy.turns["a"], what="the run is at work")
    run.refresh_from_db()
    assert run.status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_while_it_hears_the_bell_it_knows_what_is_due_without_one(url: str, spy: type[Spy]) -> None:
    spy.behaviours["a"] = lambda ctx, record: Suspend("sleep", ctx.clock.now() + timedelta(milliseconds=300))
    run = run_to_rest(
        started(published(line(("t", "spy-start", {}), ("a", "spy", {"name": "a"})))), bell=Bell(url)
    )
    assert run.status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_the_next_in_a_queue_has_its_turn_when_the_one_before_ends(
    spy: type[Spy], monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = published(
        line(
            ("t", "spy-start", {}),
            ("a", "spy", {"name": "a"}),
            settings={"concurrency": {"mode": "queue"}},
        )
    )
    runs = [started(flow) for _ in range(3)]
    monkeypatch.setattr(runner, "BUSY_POLL_SECONDS", 60.0)
    assert run_to_rest(runs[-1]).status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_a_runner_without_room_for_more_wakes_another(
    spy: type[Spy], monkeypatch: pytest.MonkeyPatch
) -> None:
    rings: list[None] = []
    monkeypatch.setattr(runner, "STOP_SECONDS", 0.2)
    monkeypatch.setattr(Doorbell, "ring", lambda self: rings.append(None))
    flow = published(line(("t", "spy-start", {}), ("a", "slow-spy", {"name": "a"})))
    for _ in range(2):
        started(flow)
    rings.clear()
    with running(concurrency=1):
        eventually(lambda: spy.turns["a"] == 1 and rings, what="it rings")
