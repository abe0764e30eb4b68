"""The group commit: one thread puts down, in one transaction, whatever came in while the previous one ran."""

import asyncio
import contextlib
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from sys import maxsize
from typing import Generic, Protocol, TypeVar

from django.db import Error, connection

from flows.store.patience import AWAY, until_answered

T = TypeVar("T")
A = TypeVar("A")
E_contra = TypeVar("E_contra", contravariant=True)
A_co = TypeVar("A_co", covariant=True)


class Commit(Protocol[E_contra, A_co]):
    """Puts entries down in one transaction, all or nothing, and gives one answer an entry.

    An answer that is an exception is raised where the entry was handed over. What is raised instead of answers means
    that nothing was stored; then each of several entries is tried alone. `is_repeated`: the try before this one
    failed, and may have been committed all the same.
    """

    def __call__(
        self, entries: Sequence[E_contra], /, *, is_repeated: bool
    ) -> Sequence[A_co | Exception]: ...


@dataclass(slots=True)
class _Waiting(Generic[T, A]):
    entry: T
    weight: int
    answer: asyncio.Future[A]


class GroupCommit(Generic[T, A]):
    """Answers each entry after its commit. There is no timer: one that is idle commits at once.

    Any threads and event loops may hand entries over. An entry whose future is cancelled before its commit begins is
    left out.

    Args:
        name: of its thread, which begins with the first entry.
        commit: called on that thread, with its database connection.
        pauses: makes the seconds between tries while the database is away; when they end, the entries are answered
            with what the database said.
        passing: failures of `commit` that may be over at the next try.
        most: the weight of a commit; one more entry may be in it than fits.
        large: an entry of more weight has a commit of its own, and those that came meanwhile go before it. So it
            holds up the others for one commit, and no longer.
    """

    def __init__(
        self,
        name: str,
        commit: Commit[T, A],
        pauses: Callable[[], Iterable[float]],
        *,
        passing: tuple[type[Error], ...] = AWAY,
        weight: Callable[[T], int] = lambda _: 1,
        most: int = 500,
        large: int = maxsize,
    ) -> None:
        self._name, self._commit, self._pauses, self._passing = name, commit, pauses, passing
        self._weight, self._most, self._heavy = weight, most, large
        self._small: deque[_Waiting[T, A]] = deque()
        self._large: deque[_Waiting[T, A]] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False

    def put(self, entry: T) -> asyncio.Future[A]:
        """Hand an entry over; the future of the running loop has its answer after the commit."""
        waiting: _Waiting[T, A] = _Waiting(
            entry, self._weight(entry), asyncio.get_running_loop().create_future()
        )
        with self._wake:
            (self._large if waiting.weight > self._heavy else self._small).append(waiting)
            if self._thread is None:
                self._closing = False
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._wake.notify()
        return waiting.answer

    def close(self, seconds: float = 10.0) -> None:
        """Put down what was handed over before, and end the thread; wait for that at most so long."""
        with self._wake:
            thread, self._closing = self._thread, True
            self._wake.notify()
        if thread is not None:
            thread.join(seconds)

    def _work(self) -> None:
        while batches := self._taken():
            for batch in batches:
                self._settle([waiting for waiting in batch if not waiting.answer.cancelled()])
        connection.close()

    def _taken(self) -> list[list[_Waiting[T, A]]]:
        """What comes next: small entries together, then one large one; nothing at the end."""
        with self._wake:
            self._wake.wait_for(lambda: self._small or self._large or self._closing)
            together, weight = [], 0
            while self._small and weight < self._most:
                together.append(self._small.popleft())
                weight += together[-1].weight
            alone = [self._large.popleft()] if self._large else []
            if not together and not alone:
                self._thread = None
            return [batch for batch in (together, alone) if batch]

    def _settle(self, batch: list[_Waiting[T, A]]) -> None:
        if not batch:
            return
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[A], A | Exception]]] = defaultdict(
            list
        )
        for waiting, answer in zip(batch, self._answers([one.entry for one in batch]), strict=True):
            by_loop[waiting.answer.get_loop()].append((waiting.answer, answer))
        for loop, answers in by_loop.items():
            # A commit that hung may end after the loop; nobody waits for its answer any more.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_deliver, answers)

    def _answers(self, entries: Sequence[T]) -> Sequence[A | Exception]:
        """The thread lives on, whatever the database says."""
        tries = count()
        try:
            # The connection is not asked whether it lives: if not, this fails and the next try has a new one.
            return until_answered(
                lambda: self._commit(entries, is_repeated=next(tries) > 0), self._pauses(), self._passing
            )
        except AWAY as error:
            return [error] * len(entries)
        except Exception as error:  # noqa: BLE001  # it is raised where the entry was handed over
            if len(entries) == 1:
                return [error]
            # One of them cannot be put down; the others must not suffer for it.
            return [answer for entry in entries for answer in self._answers([entry])]


def _deliver(answers: Iterable[tuple[asyncio.Future[A], A | Exception]]) -> None:
    for future, answer in answers:
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
