"""The runner: claims batches of due runs and drives them together on one event loop."""

import asyncio
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar
from uuid import UUID, uuid4

import structlog
from django.db import close_old_connections, connection

from common.clock import SystemClock
from common.egress.client import EgressClient
from flows.engine.run_store import ClaimedRun, Publisher, RunStore
from flows.runner.bell import Bell
from flows.runner.driver import Drive, Tools
from flows.runner.errand_host import RunnerHost
from flows.runner.errands import ErrandDesk
from flows.runner.http import NodeHttp
from flows.runner.ledger import Ledger, Wanted
from flows.runner.outside import OutsidePool
from flows.runner.plan_cache import PlanCache
from flows.runner.pool import DatabasePool
from flows.runner.slot import Slot
from flows.runner.sweeper import Sweeper
from flows.runner.trials import Trials
from flows.services.doorbell import BELL, QUESTIONS, doorbell

logger = structlog.get_logger(__name__)
T = TypeVar("T")

NODE_THREADS = 16
BUSY_POLL_SECONDS = 0.025
HEARING_POLL_SECONDS = 0.1
"""The first poll after a ring that was heard."""
IDLE_POLL_SECONDS = 1.0
BUSY_FOR_SECONDS = 2.0
CANCEL_POLL_SECONDS = 1.0
SWEEP_SECONDS = 1.0
STOP_SECONDS = 25.0
MOST_HELD = 5
"""Runs held at once, as a multiple of the concurrency."""


class Runner:
    """One loop, any number of runs at once up to `concurrency`.

    While it hears the doorbell, it looks at the queue when that rings, and asks now and then what is due. Without Redis
    it asks all the time, more often when there is much to do.
    """

    def __init__(
        self,
        store: RunStore,
        publisher: Publisher,
        *,
        concurrency: int = 200,
        lease_seconds: float = 15.0,
        slot: Slot | None = None,
        bell: Bell | None = None,
    ) -> None:
        self._store, self._publisher = store, publisher
        self._slot = slot or Slot(None)
        self._bell = bell or Bell(None)
        self._concurrency, self._lease_seconds = concurrency, lease_seconds
        self.owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid4().hex[:8]}"
        self._drives: dict[UUID, tuple[Drive, asyncio.Task[None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rung = asyncio.Event()
        self._room = asyncio.Event()
        self._stopping = asyncio.Event()
        self._ledger: Ledger | None = None
        self._claiming: asyncio.Future[list[ClaimedRun]] | None = None
        self._looked, self._trials = time.monotonic(), Trials()

    @property
    def last_look(self) -> float:
        """When it last looked at the queue, or asked a database that was away, by the monotonic clock."""
        return max(self._looked, self._ledger.last_answer if self._ledger else 0.0)

    def stop(self) -> None:
        """Stop claiming, let what is at work end, give the rest back. Safe to call from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._begin_stop)

    def _begin_stop(self) -> None:
        self._stopping.set()
        self._rung.set()
        if self._claiming is not None:
            self._claiming.cancel()

    async def run(self) -> None:
        """Work until `stop` is called."""
        self._loop = asyncio.get_running_loop()
        http = NodeHttp(EgressClient())
        ledger = self._ledger = Ledger(
            self._store, self._publisher, owner=self.owner, lease_seconds=self._lease_seconds
        )
        with (
            DatabasePool(NODE_THREADS, "node") as nodes,
            OutsidePool() as outside,
            DatabasePool(1, "upkeep") as upkeep,
            DatabasePool(1, "sweep") as sweep,
        ):
            tools = Tools(
                ledger, PlanCache(), http, SystemClock(), nodes, outside, self._rung.set, self._room.set
            )
            desk = ErrandDesk(
                self.owner,
                upkeep,
                lambda errand: RunnerHost(errand, http, nodes, outside),
                lambda: self._bell.will_ring,
            )
            chores = [
                asyncio.create_task(self._renew(upkeep)),
                asyncio.create_task(self._watch_cancels(upkeep)),
                asyncio.create_task(self._sweep(sweep)),
                asyncio.create_task(desk.work(self._upkeep)),
                asyncio.create_task(
                    self._bell.hear(
                        {BELL: self._rung.set, QUESTIONS: desk.ring},
                        lambda bell: bell != QUESTIONS or desk.has_room,
                    )
                ),
            ]
            try:
                await self._upkeep(upkeep, self._take_slot)
                await self._claim_until_stopped(tools, upkeep)
                await self._wind_down()
            finally:
                for chore in chores:
                    chore.cancel()
                await asyncio.gather(*chores, return_exceptions=True)
                ledger.close()
                await self._upkeep(upkeep, partial(self._store.release, self.owner))
                await http.close()
                self._slot.leave()

    def _take_slot(self) -> None:
        """What the last worker in this place held when it died need not wait for the end of its leases."""
        dead = self._slot.take(self.owner)
        if dead and (runs := self._store.expire(dead)):
            logger.warning("leases_of_a_dead_worker_ended", owner=dead, runs=runs)

    async def _claim_until_stopped(self, tools: Tools, pool: Executor) -> None:
        poll, busy_until = BUSY_POLL_SECONDS, 0.0
        while not self._stopping.is_set():
            self._looked = time.monotonic()
            self._rung.clear()
            free = await self._free()
            claimed = await self._claim(tools, free) if free else []
            if claimed:
                busy_until, poll = time.monotonic() + BUSY_FOR_SECONDS, BUSY_POLL_SECONDS
            if len(claimed) < free:
                poll = await self._until_due(pool, poll, busy_until)
            elif free:
                doorbell.ring()  # there may be more, for a runner that has nothing to do

    async def _until_due(self, pool: Executor, poll: float, busy_until: float) -> float:
        """Until the bell rings or something is due, asked every `poll` seconds and more and more seldom; the last
        `poll`. A database that does not answer is the claim's to wait for."""
        self._bell.await_ring()
        if self._bell.is_heard:
            poll = max(poll, HEARING_POLL_SECONDS)
        pause = poll
        while not await self._wait_for(self._rung, pause):
            self._looked = time.monotonic()
            seconds = await self._upkeep(pool, self._store.seconds_to_due)
            if self._bell.is_heard or self._looked > busy_until:
                poll = min(poll * 1.5, IDLE_POLL_SECONDS)
            if seconds is None or seconds <= 0:
                break
            pause = min(poll, seconds)
        return poll

    async def _free(self) -> int:
        """How many more runs there is room for; waits a moment for room."""
        if self._count_free() <= 0:
            self._room.clear()
            await self._wait_for(self._room, IDLE_POLL_SECONDS)
        return 0 if self._stopping.is_set() else max(0, self._count_free())

    def _count_free(self) -> int:
        """Runs whose step waits for another system leave their place to others, up to a bound for memory's sake."""
        held = len(self._drives)
        away = sum(drive.is_away for drive, _ in self._drives.values())
        return min(self._concurrency - (held - away), self._concurrency * MOST_HELD - held)

    async def _claim(self, tools: Tools, free: int) -> list[ClaimedRun]:
        claimed = await self._claimed(tools.ledger, free)
        for run in claimed:
            earlier = self._drives.get(run.run_id)
            if earlier is not None:
                # Its lease ended while it was at work here; what it still does would be dropped.
                earlier[1].cancel()
            drive = Drive(run, tools)
            task = asyncio.create_task(drive.run())
            self._drives[run.run_id] = (drive, task)
            task.add_done_callback(partial(self._drive_done, run.run_id))
        return claimed

    async def _claimed(self, ledger: Ledger, limit: int) -> list[ClaimedRun]:
        """What the database hands out. On a stop while it is away, nothing: `release` gives back what still came."""
        self._claiming = ledger.claim(
            Wanted(limit, self._trials.may_begin(drive for drive, _ in self._drives.values()))
        )
        try:
            return await self._claiming
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
        except Exception:
            logger.exception("claim_failed")
            await self._wait_for(self._stopping, IDLE_POLL_SECONDS)
        return []

    def _drive_done(self, run_id: UUID, task: asyncio.Task[None]) -> None:
        held = self._drives.get(run_id)
        if held is not None and held[1] is task:
            del self._drives[run_id]
            if self._trials.ended(held[0]):
                self._rung.set()
        self._room.set()
        if not task.cancelled() and task.exception() is not None:
            # The lease is no longer renewed, so the run comes back; three times in all, then it fails.
            logger.error("drive_failed", run=str(run_id), exc_info=task.exception())

    async def _wind_down(self) -> None:
        tasks = [task for _, task in self._drives.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _renew(self, pool: Executor) -> None:
        while True:
            await asyncio.sleep(self._lease_seconds / 3)
            held = list(self._drives)
            if held:
                await self._upkeep(pool, partial(self._store.renew, self.owner, held, self._lease_seconds))

    async def _watch_cancels(self, pool: Executor) -> None:
        while True:
            await asyncio.sleep(CANCEL_POLL_SECONDS)
            if not self._drives:
                continue
            wanted = await self._upkeep(pool, partial(self._store.cancel_requests, self.owner))
            for run_id in wanted or ():
                held = self._drives.get(run_id)
                if held is not None and not held[0].is_cancelled:
                    held[0].is_cancelled = True
                    held[1].cancel()

    async def _sweep(self, pool: Executor) -> None:
        sweeper = Sweeper()
        while True:
            await self._upkeep(pool, sweeper.sweep)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _upkeep(self, pool: Executor, work: Callable[[], T]) -> T | None:
        """Run blocking database work; a database that is away is tried again at the next turn."""
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, _fresh(work))
        except Exception as error:  # noqa: BLE001
            logger.warning("upkeep_failed", error=type(error).__name__, text=str(error)[:300])
            return None

    @staticmethod
    async def _wait_for(event: asyncio.Event, seconds: float) -> bool:
        """Whether the event came in time."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        return True


def _fresh(work: Callable[[], T]) -> Callable[[], T]:
    """`work` on a database connection that is alive, or on a new one."""

    def call() -> T:
        close_old_connections()
        try:
            return work()
        except Exception:
            connection.close()
            raise

    return call
