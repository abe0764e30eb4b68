"""The group commit of events that come from outside.

Requests hand their events over and wait; one thread puts everything that came in while the previous commit ran down
in one transaction, then answers them all. There is no timer: an idle intake commits at once.
"""

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from itertools import count

import structlog
from django.db import IntegrityError, connection, transaction

from common import metrics
from flows.services.doorbell import doorbell
from flows.store.intake import insert_events, stored_before
from flows.store.new_events import Accepted, KeyReused, NewEvent
from flows.store.patience import AWAY, until_answered
from flows.store.triggers import TriggerIndex
from flows.store.verdicts import is_judged

MOST_EVENTS_A_COMMIT = 2_000
LARGE_REQUEST = 100
"""A request of more events has a commit of its own, and small ones that came meanwhile go before it."""
PAUSES = (0.02, 0.04, 0.08, 0.16)

logger = structlog.get_logger(__name__)


class IntakeUnavailable(Exception):
    """The database does not take events now; nothing was stored."""


class NotJudged(Exception):
    """Triggers changed meanwhile, and some condition was not tried on the events; nothing was stored."""


class DedupConflict(Exception):
    """An event repeats a dedup key with another body; nothing of its request was stored.

    Args:
        position: which event of the request, from 0.
        dedup_key: the key.
    """

    def __init__(self, position: int, dedup_key: str) -> None:
        super().__init__(dedup_key)
        self.position = position
        self.dedup_key = dedup_key


Request = tuple[list[NewEvent], "Future[list[Accepted]]"]
Order = Request | None
"""A request, or the order to end."""
Answer = list[Accepted] | Exception

events_counted = metrics.counter(
    "hookflow_intake_events", "Events that the intake answered, by what became of them.", ["result"]
)


class IntakeWriter:
    """One writer thread a process, started with the first request."""

    def __init__(self) -> None:
        self._requests: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._index = TriggerIndex()
        self._large: deque[Request] = deque()

    @property
    def index(self) -> TriggerIndex:
        """The triggers as they were at the last commit: what events are judged by before they are handed over."""
        return self._index

    async def accept(self, events: list[NewEvent]) -> list[Accepted]:
        """Store the events of one request; returns after the commit.

        Args:
            events: judged by `index`.

        Raises:
            DedupConflict: nothing was stored.
            NotJudged: nothing was stored; judge them again.
            IntakeUnavailable: nothing was stored.
        """
        return await asyncio.wrap_future(self.submit(events))

    def submit(self, events: list[NewEvent]) -> "Future[list[Accepted]]":
        """Hand the events of one request over to the writer."""
        self._start()
        future: Future[list[Accepted]] = Future()
        self._requests.put((events, future))
        return future

    def close(self) -> None:
        """Answer what was handed over before, and end the thread."""
        if self._thread is not None and self._thread.is_alive():
            self._requests.put(None)
            self._thread.join(timeout=10)

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._work, name="intake", daemon=True)
                    self._thread.start()

    def _work(self) -> None:
        is_open = True
        while is_open or self._large:
            batch, goes_on = self._small_requests(may_wait=is_open and not self._large)
            is_open = is_open and goes_on
            self._settle(batch)
            if self._large:
                self._settle([self._large.popleft()])
        connection.close()

    def _small_requests(self, *, may_wait: bool) -> tuple[list[Request], bool]:
        """The requests that have come, and whether more will; large ones are put aside for a commit of their own.

        So a sender of many events holds up the others for one commit, and no longer. One whose sender has gone is
        left out.
        """
        batch: list[Request] = []
        count = 0
        while count < MOST_EVENTS_A_COMMIT:
            # This thread alone takes from the queue, so what is there stays there.
            if self._requests.empty() and (batch or self._large or not may_wait):
                return batch, True
            order = self._requests.get()
            if order is None:
                return batch, False
            if order[1].set_running_or_notify_cancel():
                if len(order[0]) > LARGE_REQUEST:
                    self._large.append(order)
                else:
                    batch.append(order)
                    count += len(order[0])
        return batch, True

    def _settle(self, batch: list[Request]) -> None:
        for (_, future), answer in self._answered(batch):
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def _answered(self, batch: list[Request]) -> list[tuple[Request, Answer]]:
        """Every request with what becomes of it; the thread lives on, whatever the database says."""
        if not batch:
            return []
        try:
            answers = self._stored(batch)
        except Exception as error:  # noqa: BLE001
            connection.close()
            if len(batch) > 1 and not isinstance(error, AWAY):
                # One of them cannot be stored; the others must not suffer for it.
                return [pair for request in batch for pair in self._answered([request])]
            logger.error("intake_failed", error=type(error).__name__, text=str(error)[:300])
            answers = [IntakeUnavailable() for _ in batch]
        if answers is None:
            return [pair for request in batch for pair in self._answered([request])]
        doorbell.ring()
        _count(answers)
        return list(zip(batch, answers, strict=True))

    def _stored(self, batch: list[Request]) -> Sequence[Answer] | None:
        """One transaction, tried again while others are in the way; None: a key conflicts, and nothing is stored."""
        # The connection is not asked whether it lives: if not, this fails and the next try has a new one.
        # An integrity error passes, too: another process has stored the same key meanwhile.
        tries = count()
        return until_answered(
            lambda: self._store(batch, is_repeated=next(tries) > 0), PAUSES, (IntegrityError, *AWAY)
        )

    def _store(self, batch: list[Request], *, is_repeated: bool) -> Sequence[Answer] | None:
        with transaction.atomic(), connection.cursor() as cursor:
            self._index.refresh(cursor)
            judged = [events for events, _ in batch if all(is_judged(self._index, event) for event in events)]
            stored = [event for events in judged for event in events]
            # The first try may have been committed although its answer never came.
            outcomes: Sequence[Accepted | KeyReused] = stored_before(cursor, stored) if is_repeated else ()
            outcomes = outcomes or insert_events(cursor, self._index, stored)
            has_conflict = any(isinstance(outcome, KeyReused) for outcome in outcomes)
            if has_conflict:
                transaction.set_rollback(True)
        if has_conflict and len(batch) > 1:
            return None
        left = iter(outcomes)
        by_request = {id(events): [next(left) for _ in events] for events in judged}
        return [
            _of_request(by_request[id(events)]) if id(events) in by_request else NotJudged()
            for events, _ in batch
        ]


def _count(answers: Sequence[Answer]) -> None:
    for answer in answers:
        if isinstance(answer, DedupConflict):
            events_counted.labels("conflict").inc()
        elif isinstance(answer, NotJudged):
            continue
        elif isinstance(answer, Exception):
            events_counted.labels("unavailable").inc()
        else:
            repeated = sum(one.is_duplicate for one in answer)
            events_counted.labels("accepted").inc(len(answer) - repeated)
            events_counted.labels("duplicate").inc(repeated)


def _of_request(outcomes: Sequence[Accepted | KeyReused]) -> Answer:
    accepted: list[Accepted] = []
    for position, outcome in enumerate(outcomes):
        if isinstance(outcome, KeyReused):
            return DedupConflict(position, outcome.dedup_key)
        accepted.append(outcome)
    return accepted


intake_writer = IntakeWriter()
