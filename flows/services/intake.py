"""The group commit of events that come from outside.

Requests hand their events over and wait; one thread puts everything that came in while the previous commit ran down
in one transaction, then answers them all. There is no timer: an idle intake commits at once.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future

import structlog
from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

from flows.services.doorbell import doorbell
from flows.store.intake import Accepted, KeyReused, NewEvent, insert_events
from flows.store.triggers import TriggerIndex

MOST_EVENTS_A_COMMIT = 2_000
TRIES = 5

logger = structlog.get_logger(__name__)


class IntakeUnavailable(Exception):
    """The database does not take events now; nothing was stored."""


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


class IntakeWriter:
    """One writer thread a process, started with the first request."""

    def __init__(self) -> None:
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._index = TriggerIndex()

    async def accept(self, events: list[NewEvent]) -> list[Accepted]:
        """Store the events of one request; returns after the commit.

        Raises:
            DedupConflict: nothing was stored.
            IntakeUnavailable: nothing was stored.
        """
        return await asyncio.wrap_future(self.submit(events))

    def submit(self, events: list[NewEvent]) -> "Future[list[Accepted]]":
        """Hand the events of one request over to the writer."""
        self._start()
        future: Future[list[Accepted]] = Future()
        self._requests.put((events, future))
        return future

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._work, name="intake", daemon=True)
                    self._thread.start()

    def _work(self) -> None:
        while True:
            batch = self._next_batch()
            try:
                self._commit(batch)
            except Exception as error:  # noqa: BLE001  # the thread must live on, whatever the database says
                self._give_up(batch, error)

    def _next_batch(self) -> list[Request]:
        batch: list[Request] = []
        count = 0
        while count < MOST_EVENTS_A_COMMIT:
            try:
                request = self._requests.get() if not batch else self._requests.get_nowait()
            except queue.Empty:
                break
            # From here on it cannot be cancelled any more; one whose client has gone already stores nothing.
            if request[1].set_running_or_notify_cancel():
                batch.append(request)
                count += len(request[0])
        return batch

    def _commit(self, batch: list[Request]) -> None:
        close_old_connections()
        for attempt in range(TRIES):
            try:
                accepted = self._store(batch)
                break
            except (IntegrityError, OperationalError):
                # Another process stored the same key meanwhile, or the database was busy: look again.
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.02 * 2**attempt)
                close_old_connections()
            except DatabaseError:
                if len(batch) == 1:
                    raise
                # One request holds what the database refuses; the others must not pay for it.
                for request in batch:
                    self._commit_alone(request)
                return
        for (_, future), result in zip(batch, accepted, strict=True):
            if isinstance(result, DedupConflict):
                future.set_exception(result)
            else:
                future.set_result(result)
        doorbell.ring()

    def _commit_alone(self, request: Request) -> None:
        try:
            self._commit([request])
        except DatabaseError as error:
            self._give_up([request], error)

    def _give_up(self, batch: list[Request], error: Exception) -> None:
        logger.error("intake_failed", error=type(error).__name__, text=str(error)[:300])
        connection.close()
        for _, future in batch:
            if not future.done():
                future.set_exception(IntakeUnavailable())

    def _store(self, batch: list[Request]) -> list[list[Accepted] | DedupConflict]:
        results: list[list[Accepted] | DedupConflict] = []
        with transaction.atomic(), connection.cursor() as cursor:
            outcomes = insert_events(cursor, self._index, [event for events, _ in batch for event in events])
            conflicts = any(isinstance(outcome, KeyReused) for outcome in outcomes)
            if conflicts and len(batch) > 1:
                transaction.set_rollback(True)
            place = 0
            for events, _ in batch:
                results.append(_of_request(outcomes[place : place + len(events)]))
                place += len(events)
            if conflicts and len(batch) == 1:
                transaction.set_rollback(True)
        if conflicts and len(batch) > 1:
            return [result for request in batch for result in self._store([request])]
        return results


def _of_request(outcomes: Sequence[Accepted | KeyReused]) -> list[Accepted] | DedupConflict:
    accepted: list[Accepted] = []
    for position, outcome in enumerate(outcomes):
        if isinstance(outcome, KeyReused):
            return DedupConflict(position, outcome.dedup_key)
        accepted.append(outcome)
    return accepted


intake_writer = IntakeWriter()
