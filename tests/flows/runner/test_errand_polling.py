"""How often a worker looks for errands: seldom while the bell tells of them, and in time for the leases it holds."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from flows.engine.errands import OpenErrand
from flows.runner import errands
from flows.runner.bell import Bell
from flows.runner.errands import AT_ONCE, ErrandDesk
from flows.store.errands import LEASE
from tests.support.hurried import hurried


class Desk:
    """A desk whose database is a list, on a clock that costs nothing."""

    def __init__(self, *, is_rung: bool) -> None:
        self.desk = ErrandDesk("worker", None, lambda errand: None, lambda: is_rung)  # type: ignore[arg-type, return-value]
        self.queue: list[OpenErrand] = []
        self.calls: list[tuple[str, float]] = []

    async def do(self, pool: Any, work: Any) -> Any:
        """Write down what is done with the database, and when."""
        self.calls.append((work.func.__name__, asyncio.get_running_loop().time()))
        if work.func.__name__ == "claim":
            taken, self.queue = self.queue[: work.args[1]], self.queue[work.args[1] :]
            return taken
        return None

    def ask(self, number: int = 1) -> None:
        """Queue errands that nobody rings for."""
        self.queue += [OpenErrand(uuid4(), "steered", None, {}, 1) for _ in range(number)]

    def at_work(self, seconds: float, then: Callable[["Desk"], None] = lambda desk: None) -> None:
        """Let it work for that long; `then` is called in the middle."""

        async def work() -> None:
            task = asyncio.create_task(self.desk.work(self.do))
            await asyncio.sleep(seconds / 2)
            then(self)
            await asyncio.sleep(seconds / 2)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        hurried(work())

    def times(self, name: str) -> list[float]:
        """When this was done."""
        return [at for done, at in self.calls if done == name]


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Errands are answered when it is set."""
    let_go = asyncio.Event()

    async def answered(errand: Any, host: Any) -> str:
        await let_go.wait()
        return "done"

    monkeypatch.setattr(errands, "answered", answered)
    return let_go


@pytest.mark.parametrize(("is_rung", "looks"), [(True, 12), (False, 120)])
def test_it_looks_seldom_while_it_will_be_rung_and_often_otherwise(is_rung: bool, looks: int) -> None:
    desk = Desk(is_rung=is_rung)
    desk.at_work(59.9)
    assert len(desk.times("claim")) == looks


def test_a_ring_is_heard_at_once() -> None:
    desk = Desk(is_rung=True)
    desk.at_work(4, lambda desk: desk.desk.ring())
    assert desk.times("claim") == [0, 2]


@pytest.mark.usefixtures("hanging")
@pytest.mark.parametrize("is_rung", [True, False])
def test_what_is_at_work_keeps_its_lease(is_rung: bool) -> None:
    desk = Desk(is_rung=is_rung)
    desk.ask()
    desk.at_work(60)
    renewed = desk.times("renew")
    gaps = [later - earlier for earlier, later in zip([0.0, *renewed], [*renewed, 60.0], strict=True)]
    assert max(gaps) <= LEASE.total_seconds() / 2


def test_what_found_no_room_is_taken_when_there_is_some(hanging: asyncio.Event) -> None:
    desk = Desk(is_rung=True)
    desk.ask(AT_ONCE + 1)
    desk.at_work(3, lambda desk: hanging.set())
    assert desk.times("claim") == [0, 1.5]
    assert len(desk.times("finish")) == AT_ONCE + 1


def test_a_bell_rings_only_where_it_is_heard_and_awaited() -> None:
    bell = Bell(None)
    bell.await_ring()
    assert not bell.will_ring
    bell.is_heard = True
    assert bell.will_ring
    bell._awaited.clear()
    assert not bell.will_ring
