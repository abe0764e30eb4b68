"""One look for all who ask at the same time."""

import asyncio

import pytest

from flows.runner.shared_reads import SharedReads


class Source:
    """Answers with how often it was asked, once it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.begun = asyncio.Event()

    async def read(self) -> int:
        self.asked += 1
        number = self.asked
        self.begun.set()
        await self.may_answer.wait()
        return number


async def test_those_who_ask_at_once_share_an_answer() -> None:
    source, reads = Source(), SharedReads[str, int]()
    source.may_answer.set()
    assert await asyncio.gather(*(reads.ask("a", source.read) for _ in range(5))) == [1] * 5


async def test_who_asks_while_it_is_looked_for_gets_what_is_found_after_that() -> None:
    source, reads = Source(), SharedReads[str, int]()
    first = asyncio.create_task(reads.ask("a", source.read))
    await source.begun.wait()
    later = [asyncio.create_task(reads.ask("a", source.read)) for _ in range(3)]
    await asyncio.sleep(0)
    assert source.asked == 1, "one at a time"
    source.may_answer.set()
    assert await asyncio.gather(first, *later) == [1, 2, 2, 2]


async def test_nothing_is_kept() -> None:
    source, reads = Source(), SharedReads[str, int]()
    source.may_answer.set()
    assert [await reads.ask("a", source.read) for _ in range(3)] == [1, 2, 3]


async def test_other_questions_are_answered_meanwhile() -> None:
    source, other, reads = Source(), Source(), SharedReads[str, int]()
    slow = asyncio.create_task(reads.ask("a", source.read))
    await source.begun.wait()
    other.may_answer.set()
    assert await reads.ask("b", other.read) == 1
    source.may_answer.set()
    assert await slow == 1


async def test_a_failure_is_that_of_all_who_asked_and_the_next_looks_again() -> None:
    reads, source = SharedReads[str, int](), Source()
    source.may_answer.set()

    async def fail() -> int:
        raise ValueError

    found = await asyncio.gather(*(reads.ask("a", fail) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in found] == [ValueError, ValueError]
    assert await reads.ask("a", source.read) == 1


async def test_one_who_gives_up_takes_nothing_from_the_others() -> None:
    source, reads = Source(), SharedReads[str, int]()
    impatient = asyncio.create_task(reads.ask("a", source.read))
    patient = asyncio.create_task(reads.ask("a", source.read))
    await source.begun.wait()
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    source.may_answer.set()
    assert await patient == 1
