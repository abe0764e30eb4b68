"""Drives one claimed run from where it stands to where it ends or waits."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta

import structlog
from structlog.contextvars import bound_contextvars

from common.at_work import doing
from common.clock import SystemClock
from common.redact import secrets_known
from flows.compiler.plan import Plan, PlannedNode
from flows.engine.cursor import Cursor
from flows.engine.ending import cancelled, failed, must_be_stopped
from flows.engine.progress import Progress
from flows.engine.run_store import SUSPECTED_AFTER, ClaimedRun, LeaseLost
from flows.engine.states import RunStatus
from flows.engine.subject import templated_subject
from flows.engine.walk import Walk
from flows.runner.context import StepContext
from flows.runner.emitting import store_emitted
from flows.runner.execute import execute, stop
from flows.runner.http import NodeHttp
from flows.runner.ledger import Ledger
from flows.runner.live import Line, Live, StepLog
from flows.runner.net import StepNet
from flows.runner.outside import OutsidePool
from flows.runner.plan_cache import PlanCache
from flows.runner.programs import NodePrograms
from flows.sdk import Emit, NodeError
from flows.sdk.emitting import Outbox
from flows.services.causes import caused_by

logger = structlog.get_logger(__name__)


TRIAL = timedelta(seconds=10)
"""A suspect whose step works for longer, say because it waits for a slow system, holds up no other one."""

GIVEN_UP = NodeError(
    "worker_lost",
    "The run could not be taken further, again and again.",
    hint="The worker's log has the reason. Retry the run once it is dealt with.",
)


def damaged(reason: str) -> NodeError:
    """What is stored of a run cannot be read."""
    return NodeError(
        "damaged",
        f"What is stored of this run cannot be read: {reason}",
        hint="Retry the run from the start, and look after the database.",
    )


@dataclass(frozen=True, slots=True)
class Tools:
    """What all drives of one runner share."""

    ledger: Ledger
    plans: PlanCache
    http: NodeHttp
    clock: SystemClock
    pool: Executor
    outside: OutsidePool
    ring: Callable[[], None]
    """Another run is due now."""
    make_room: Callable[[], None]
    """One of the runs at work waits for another system by now."""


class Drive:
    """One claimed run at work."""

    def __init__(self, claimed: ClaimedRun, tools: Tools) -> None:
        self.claimed = claimed
        self.tools = tools
        self.is_cancelled = False
        self.is_away = False
        """Whether its step has waited for another system for a while: it costs next to nothing then."""
        self._progress: Progress | None = None
        self._trial_ends = tools.clock.now() + TRIAL if claimed.is_suspect else None

    @property
    def is_on_trial(self) -> bool:
        """Whether the worker takes no other suspect: if it dies now, it is known whose step it was."""
        return self._trial_ends is not None and self.tools.clock.now() < self._trial_ends

    async def run(self) -> None:
        """Take the run as far as it goes.

        A lost lease ends the drive without a word: the run belongs to another worker by then.
        """
        with bound_contextvars(run_id=str(self.claimed.run_id)), secrets_known():
            try:
                await self._drive()
            except LeaseLost:
                logger.warning("lease_lost")
            except asyncio.CancelledError:
                if not self.is_cancelled:
                    raise
                await self._cancelled()
            except Exception:
                # It is this run and no other that falls over, so it need not be tried by itself first.
                if self.claimed.lost_leases <= SUSPECTED_AFTER:
                    raise
                logger.exception("drive_given_up")
                await self._unusable(GIVEN_UP)

    async def _drive(self) -> None:
        progress = await self._pick_up()
        if progress is not None:
            with caused_by(self.claimed.run_id, self.claimed.event_depth, is_test=self.claimed.is_test):
                await self._walk(progress)

    async def _pick_up(self) -> Progress | None:
        if self.claimed.cancel_requested and not must_be_stopped(self.claimed.cursor):
            await self._cancel_as_it_stands()
            return None
        if self.claimed.damage:
            await self._unusable(damaged(self.claimed.damage))
            return None
        plan = self.tools.plans.known(self.claimed.version_id)
        if plan is None:
            loop = asyncio.get_running_loop()
            plan = await loop.run_in_executor(self.tools.pool, self.tools.plans.load, self.claimed.version_id)
        if isinstance(plan, NodeError):
            await (self._cancel_as_it_stands() if self.claimed.cancel_requested else self._unusable(plan))
            return None
        progress = Progress(self.claimed.run_id, self.claimed.fence, self._walk_of(plan), self.tools.clock)
        self._progress = progress
        if self.claimed.cancel_requested:
            await self._cancelled()
            return None
        if plan.subject is not None and self.claimed.cursor is None:
            progress.writes.subject = templated_subject(plan.subject, self.claimed.payload)
        progress.pick_up(self.claimed.lost_leases)
        if progress.is_over:
            await self._commit(progress)
            return None
        return progress

    def _walk_of(self, plan: Plan) -> Walk:
        claimed = self.claimed
        if claimed.cursor is None:
            return Walk.start(plan, claimed.payload, str(claimed.run_id))
        return Walk(plan, claimed.payload, Cursor.from_json(claimed.cursor), claimed.outputs)

    async def _walk(self, progress: Progress) -> None:
        while not progress.is_over and (node_id := progress.walk.current) is not None:
            node = progress.walk.plan.nodes[node_id]
            await self._take_turn(progress, node_id)
            self.is_away = False
            if node.meta.durable and not progress.is_over and progress.walk.current is not None:
                await self._commit(progress)
        if not progress.is_over:
            progress.finish(RunStatus.SUCCEEDED)
        await self._commit(progress)
        if progress.walk.plan.settings.concurrency.mode == "queue":
            self.tools.ring()  # the next one has its turn

    async def _take_turn(self, progress: Progress, node_id: str) -> None:
        node = progress.walk.plan.nodes[node_id]
        progress.begin(node)
        intent = progress.intend()
        if intent is not None:
            await self.tools.ledger.commit(intent, self.claimed.flow_id)
        try:
            with doing("run", self.claimed.run_id, "node", node_id, node.type):
                ctx = self._context(progress, node)
                async with self._live(progress, node, ctx):
                    result = await execute(
                        node,
                        ctx,
                        progress.input(),
                        self.tools.pool,
                        progress.wake,
                        outside=self.tools.outside,
                    )
                if ctx.outbox.events:
                    await self._emit(progress, ctx)
        except NodeError as error:
            progress.fail(error)
            return
        if isinstance(result, Emit):
            progress.succeed(result)
        else:
            progress.suspend(result)

    def _live(self, progress: Progress, node: PlannedNode, ctx: StepContext) -> Live:
        """While the node works, its lines are put down; when it has worked for a while, others have room."""

        def late() -> None:
            asks = node.meta.outside or (ctx.net.target and not node.meta.blocking)
            if asks and not self.is_away:
                self.is_away = True
                self.tools.make_room()

        async def put() -> None:
            await self.tools.ledger.commit(progress.so_far(), self.claimed.flow_id)

        def keep(line: Line) -> None:
            progress.log(line.level, line.text, line.at)

        return Live(ctx.log, keep, put, late, is_at_once=not (node.meta.durable or node.meta.blocking))

    async def _emit(self, progress: Progress, ctx: StepContext) -> None:
        await store_emitted(ctx, self.claimed, self.tools.pool)
        for event in ctx.outbox.events:
            progress.log("info", f"Emitted {event.kind.name}.")

    def _context(self, progress: Progress, node: PlannedNode) -> StepContext:
        net = StepNet(node.timeout_seconds, progress.walk.plan.places)
        return StepContext(
            log=StepLog(self.tools.clock),
            http=self.tools.http.noting(net.note),
            net=net,
            programs=NodePrograms(),
            clock=self.tools.clock,
            idempotency_key=f"{progress.cursor.key or self.claimed.run_id}:{node.id}"[:80],
            tenant_id=self.claimed.tenant_id,
            owner_id=progress.walk.plan.owner_id,
            run_id=str(self.claimed.run_id),
            outbox=Outbox.of(type(node.node).__module__),
            is_test=self.claimed.is_test,
            node_id=node.id,
            turn=progress.turn,
            rounds=progress.rounds,
        )

    async def _commit(self, progress: Progress) -> None:
        await self.tools.ledger.commit(progress.take_writes(), self.claimed.flow_id)
        self._trial_ends = None  # it got further

    async def _unusable(self, error: NodeError) -> None:
        claimed = self.claimed
        writes = failed(claimed.run_id, claimed.fence, claimed.cursor, self.tools.clock.now(), error)
        await self.tools.ledger.commit(writes, claimed.flow_id)

    async def _cancel_as_it_stands(self) -> None:
        claimed = self.claimed
        writes = cancelled(claimed.run_id, claimed.fence, claimed.cursor, self.tools.clock.now())
        await self.tools.ledger.commit(writes, claimed.flow_id)

    async def _cancelled(self) -> None:
        progress = self._progress
        try:
            if progress is None:
                await self._cancel_as_it_stands()
            elif not progress.is_over:
                await self._stop(progress)
                progress.cancel()
                await self._commit(progress)
        except LeaseLost:
            logger.warning("lease_lost")

    async def _stop(self, progress: Progress) -> None:
        """End what the run waits for outside."""
        wait = progress.cursor.suspension
        if wait is None or not wait.stops:
            return
        node = progress.walk.plan.nodes[wait.node]
        progress.begin(node)
        ctx = self._context(progress, node)
        async with self._live(progress, node, ctx):
            await stop(node, ctx, progress.input(), wait.detail, self.tools.pool, outside=self.tools.outside)
