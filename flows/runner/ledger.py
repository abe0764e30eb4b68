"""The group commit of the runner: one thread, one transaction for whatever came in while the previous one ran."""

import asyncio
import threading
import time
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import close_old_connections, connection

from flows.engine.journal import ClaimedRun, LeaseLost, Publisher, RunStore, Writes

logger = structlog.get_logger(__name__)

MOST_WRITES_A_COMMIT = 500


@dataclass(slots=True)
class _Entry:
    writes: Writes
    flow_id: UUID
    done: asyncio.Future[None]


class Ledger:
    """Puts writes down and claims runs for one event loop.

    A failed transaction is tried again until it goes through or the ledger is closed: what a run did must not be
    forgotten because the database was away for a moment. If the lease is lost meanwhile, the fence says so.
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
        self._claim: tuple[int, asyncio.Future[list[ClaimedRun]]] | None = None
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
        self._thread.join(timeout=10)

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

    def _exchange(
        self, entries: list[_Entry], claim: tuple[int, asyncio.Future[list[ClaimedRun]]] | None
    ) -> None:
        pause = 0.05
        while True:
            try:
                close_old_connections()
                lost, claimed = self._store.exchange(
                    [entry.writes for entry in entries],
                    owner=self._owner,
                    claim=claim[0] if claim else 0,
                    lease_seconds=self._lease_seconds,
                )
                break
            except Exception as error:  # noqa: BLE001  # whatever the database says, try again
                logger.warning("commit_failed", error=type(error).__name__, text=str(error)[:300])
                connection.close()
                if self._closing:
                    return
                time.sleep(pause)
                pause = min(pause * 2, 2.0)
        self._loop.call_soon_threadsafe(self._deliver, entries, lost, claim, claimed)
        self._publisher.changed(
            [(e.writes.run_id, e.flow_id) for e in entries if e.writes.run_id not in lost]
            + [(run.run_id, run.flow_id) for run in claimed]
        )

    def _deliver(
        self,
        entries: list[_Entry],
        lost: set[UUID],
        claim: tuple[int, asyncio.Future[list[ClaimedRun]]] | None,
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
