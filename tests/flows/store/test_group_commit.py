"""The group commit: nothing is lost, nothing is answered before its commit, and nobody suffers for another's entry."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flows.store.group_commit import GroupCommit

LARGE = 10
MOST = 4


class Refused(Exception):
    """The entry cannot be stored."""


class Answered(Exception):
    """An answer that is raised where the entry was handed over."""


class Store:
    """Takes whole numbers. Those that divide by 13 cannot be stored, and answers to those that divide by 7 are
    exceptions."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = threading.Event()
        self.open.set()
        self.at_work = threading.Event()
        self.is_away = False
        self.loses_answers = 0

    @property
    def stored(self) -> list[int]:
        return [entry for batch in self.batches for entry in batch]

    def commit(self, entries: Sequence[int], /, *, is_repeated: bool) -> list[int | Exception]:
        self.at_work.set()
        assert self.open.wait(10)
        if self.is_away:
            raise OperationalError("The database is away.")
        if any(entry % 13 == 0 for entry in entries):
            raise Refused
        if not (is_repeated and set(entries) <= set(self.stored)):
            self.batches.append(list(entries))
        if self.loses_answers:
            self.loses_answers -= 1
            raise OperationalError("The connection was lost in COMMIT.")
        return [Answered(entry) if entry % 7 == 0 else -entry for entry in entries]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def group(store: Store) -> Iterator[GroupCommit[int, int]]:
    made = group_of(store)
    yield made
    store.open.set()
    made.close()


def group_of(store: Store, pauses: Callable[[], Any] = lambda: repeat(0.001)) -> GroupCommit[int, int]:
    return GroupCommit("test", store.commit, pauses, most=MOST, weight=lambda entry: entry, large=LARGE)


async def behind(store: Store, group: GroupCommit[int, int], *entries: int) -> list[asyncio.Future[int]]:
    """The futures of entries that wait while a commit, that of the number 1, is at work."""
    store.open.clear()
    store.at_work.clear()
    first = group.put(1)
    assert await asyncio.to_thread(store.at_work.wait, 10)
    return [first, *map(group.put, entries)]


async def settled(futures: list[asyncio.Future[int]], store: Store) -> list[Any]:
    store.open.set()
    return await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), 10)


async def test_what_came_meanwhile_is_one_commit(store: Store, group: GroupCommit[int, int]) -> None:
    assert await settled(await behind(store, group, 1, 2), store) == [-1, -1, -2]
    assert store.batches == [[1], [1, 2]]


async def test_nobody_is_answered_before_the_commit(store: Store, group: GroupCommit[int, int]) -> None:
    futures = await behind(store, group, 2)
    await asyncio.sleep(0.05)
    assert not any(future.done() for future in futures)
    await settled(futures, store)


async def test_a_commit_takes_a_bounded_number(store: Store, group: GroupCommit[int, int]) -> None:
    await settled(await behind(store, group, *[2] * 5), store)
    assert store.batches == [[1], [2, 2], [2, 2], [2]]


async def test_small_entries_go_before_a_large_one_and_none_waits_for_ever(
    store: Store, group: GroupCommit[int, int]
) -> None:
    await settled(await behind(store, group, 11, 1, 12, 2, 1, 3), store)
    assert store.batches == [[1], [1, 2, 1], [11], [3], [12]]


async def test_an_entry_that_cannot_be_stored_harms_no_other(
    store: Store, group: GroupCommit[int, int]
) -> None:
    made = GroupCommit[int, int]("test", store.commit, tuple)
    first, good, bad, also = await settled(await behind(store, made, 2, 13, 3), store)
    assert (first, good, also) == (-1, -2, -3)
    assert isinstance(bad, Refused)
    made.close()


async def test_an_answer_may_be_an_exception(store: Store, group: GroupCommit[int, int]) -> None:
    with pytest.raises(Answered):
        await group.put(7)
    assert store.stored == [7]


async def test_whoever_has_gone_before_the_commit_is_left_out(
    store: Store, group: GroupCommit[int, int]
) -> None:
    first, gone, here = await behind(store, group, 2, 3)
    gone.cancel()
    await settled([first, here], store)
    assert store.stored == [1, 3]


async def test_a_database_that_is_away_for_too_long_is_told_to_all(store: Store) -> None:
    group = group_of(store, lambda: [0.001, 0.001])
    futures = await behind(store, group, 1, 2)
    store.is_away = True
    assert [type(answer) for answer in await settled(futures, store)] == [OperationalError] * 3
    store.is_away = False
    assert await group.put(3) == -3
    assert store.stored == [3]
    group.close()


async def test_closing_stores_what_waits(store: Store, group: GroupCommit[int, int]) -> None:
    futures = await behind(store, group, 11, 2, 12)
    closing = asyncio.create_task(asyncio.to_thread(group.close))
    await settled(futures, store)
    await closing
    assert sorted(store.stored) == [1, 2, 11, 12]
    assert "test" not in {thread.name for thread in threading.enumerate()}


async def test_it_works_again_after_closing(store: Store, group: GroupCommit[int, int]) -> None:
    await group.put(1)
    await asyncio.to_thread(group.close)
    assert await group.put(2) == -2


def test_a_loop_that_has_ended_harms_nobody(store: Store, group: GroupCommit[int, int]) -> None:
    async def leave() -> None:
        await behind(store, group, 2)

    asyncio.run(leave())

    async def stay() -> int:
        future = group.put(3)
        store.open.set()
        return await future

    assert asyncio.run(stay()) == -3


class GroupCommitMachine(RuleBasedStateMachine):
    """Senders that come and go, a database that is away now and then, and commits that take as long as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.store = Store()
        self.group = group_of(self.store)
        self.numbers = iter(range(1, 10_000))
        self.sent: dict[int, asyncio.Future[int]] = {}

    def _run(self, work: Callable[[], Any]) -> Any:
        async def on_loop() -> Any:
            return work()

        return self.loop.run_until_complete(on_loop())

    @rule(how_many=st.integers(1, 4))
    def send(self, how_many: int) -> None:
        for number in (next(self.numbers) for _ in range(how_many)):
            self.sent[number] = self._run(lambda number=number: self.group.put(number))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.sent)))
        self._run(self.sent[number].cancel)

    @rule()
    def hold_commits(self) -> None:
        self.store.open.clear()

    @rule()
    def let_commits_go(self) -> None:
        self.store.open.set()

    @rule(is_away=st.booleans())
    def database_comes_and_goes(self, is_away: bool) -> None:
        self.store.is_away = is_away

    @rule()
    def lose_an_answer(self) -> None:
        self.store.loses_answers = 1

    @rule()
    def wait_a_moment(self) -> None:
        time.sleep(0.003)

    @precondition(lambda self: self.store.open.is_set() and not self.store.is_away)
    @rule()
    def close(self) -> None:
        self.group.close()

    @invariant()
    def what_is_answered_is_stored_once(self) -> None:
        self._run(lambda: None)
        stored = self.store.stored
        assert len(set(stored)) == len(stored)
        for number, future in self.sent.items():
            if future.done() and not future.cancelled():
                self._check(number, future, stored)

    @staticmethod
    def _check(number: int, future: asyncio.Future[int], stored: list[int]) -> None:
        error = future.exception()
        if number % 13 == 0:
            assert isinstance(error, Refused)
            assert number not in stored
            return
        assert number in stored
        if number % 7 == 0:
            assert isinstance(error, Answered)
        else:
            assert future.result() == -number

    def teardown(self) -> None:
        """However it went: whoever stayed is answered."""
        self.store.open.set()
        self.store.is_away = False
        staying = [future for future in self.sent.values() if not future.cancelled()]
        if staying:
            done = asyncio.wait_for(asyncio.wait(staying), 10)
            self.loop.run_until_complete(done)
        self.what_is_answered_is_stored_once()
        assert all(future.done() for future in staying)
        self.group.close()
        self.loop.close()


def test_no_order_of_events_loses_an_entry_or_an_answer() -> None:
    run_state_machine_as_test(
        GroupCommitMachine,
        settings=settings(
            max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
