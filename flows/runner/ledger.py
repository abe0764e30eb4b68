"""The group commit of the runner: one thread, one transaction for whatever came in while the previous one ran."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

import structlog
from django.db import connection

from flows.engine.journal import ClaimedRun, LeaseLost, Publisher, RunStore, Writes
from flows.store.patience import AWAY, backoff, until_answered

logger = structlog.get_logger(__name__)

MOST_WRITES_A_COMMIT = 500
CLOSE_SECONDS = 4.0


@dataclass(slots=True)
class _Entry:
    writes: Writes
    flow_id: UUID
    done: asyncio.Future[None]


_Claim = tuple[int, "asyncio.Future[list[ClaimedRun]]"]


class Ledger:
    """Puts writes down and claims runs for one event loop.

    While the database is away, a transaction is tried again until it goes through or the ledger is closed: what a
    run did must not be forgotten because of that. If the lease is lost meanwhile, the fence says so. What the
    database refuses for good fails that run's drive alone.
    """

    def __init__(
        self,
        store: RunStore,
        publisher: Publisher,
        loop: asyncio.AbstractEventLoop,
        *,
        owner: str,
        lease_seconds: float,
    ) -> None:
        self._store, self._publisher, self._loop = store, publisher, loop
        self._owner, self._lease_seconds = owner, lease_seconds
        self._entries: list[_Entry] = []
        self._claim: _Claim | None = None
        self.last_answer = time.monotonic()
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._thread.start()

    async def commit(self, writes: Writes, flow_id: UUID) -> None:
        """Put `writes` down; returns after the commit.

        Raises:
            LeaseLost: nothing was written.
        """
        entry = _Entry(writes, flow_id, self._loop.create_future())
        with self._wake:
            self._entries.append(entry)
            self._wake.notify()
        await asyncio.shield(entry.done)

    async def claim(self, limit: int) -> list[ClaimedRun]:
        """Take up to `limit` due runs, together with the writes at hand. One call at a time."""
        future: asyncio.Future[list[ClaimedRun]] = self._loop.create_future()
        with self._wake:
            self._claim = (limit, future)
            self._wake.notify()
        return await future

    def close(self) -> None:
        """Put down what is left and stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout=CLOSE_SECONDS)

    def _work(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._entries or self._claim or self._closing)
                if self._closing and not self._entries:
                    break
                entries = self._entries[:MOST_WRITES_A_COMMIT]
                del self._entries[:MOST_WRITES_A_COMMIT]
                claim, self._claim = self._claim, None
            self._exchange(entries, claim)
        connection.close()

    def _exchange(self, entries: list[_Entry], claim: _Claim | None) -> None:
        try:
            lost, claimed = self._until_it_goes_through(entries, claim)
        except AWAY:
            return  # closing: the leases end by themselves
        except Exception as error:
            logger.exception("commit_refused")
            if len(entries) + bool(claim) > 1:
                for entry in entries:
                    self._exchange([entry], None)
                if claim:
                    self._exchange([], claim)
            else:
                self._on_loop(self._refuse, entries, claim, error)
            return
        self._on_loop(self._deliver, entries, lost, claim, claimed)
        self._publisher.changed(
            [(e.writes.run_id, e.flow_id) for e in entries if e.writes.run_id not in lost]
            + [(run.run_id, run.flow_id) for run in claimed]
        )

    def _until_it_goes_through(
        self, entries: list[_Entry], claim: _Claim | None
    ) -> tuple[set[UUID], list[ClaimedRun]]:
        def exchange() -> tuple[set[UUID], list[ClaimedRun]]:
            try:
                # The connection is not asked whether it lives: if not, this fails and the next try has a new one.
                return self._store.exchange(
                    [entry.writes for entry in entries],
                    owner=self._owner,
                    claim=claim[0] if claim else 0,
                    lease_seconds=self._lease_seconds,
                )
            finally:
                self.last_answer = time.monotonic()

        return until_answered(exchange, takewhile(lambda _: not self._closing, backoff(0.05)))

    def _on_loop(self, call: Callable[..., None], *arguments: object) -> None:
        # A commit that hung may end after the loop; nobody waits for its answer any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)

    @staticmethod
    def _refuse(entries: list[_Entry], claim: _Claim | None, error: Exception) -> None:
        for entry in entries:
            if not entry.done.done():
                entry.done.set_exception(error)
        if claim and not claim[1].done():
            claim[1].set_exception(error)

    def _deliver(
        self,
        entries: list[_Entry],
        lost: set[UUID],
        claim: _Claim | None,
        claimed: list[ClaimedRun],
    ) -> None:
        for entry in entries:
            if entry.done.done():
                continue
            if entry.writes.run_id in lost:
                entry.done.set_exception(LeaseLost(str(entry.writes.run_id)))
            else:
                entry.done.set_result(None)
        if claim and not claim[1].done():
            claim[1].set_result(claimed)
