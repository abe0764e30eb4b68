"""One node's turn: render its config, run it within its time limit, and check what it answers."""

import asyncio
import contextvars
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

import structlog
from django.db import close_old_connections

from common.redact import log_line
from flows.compiler.plan import PlannedNode
from flows.conf import number
from flows.engine.ports import check_answer, check_kept
from flows.expressions.budget import INLINE_WORK, MAX_SECONDS, Budget, WorkSpent
from flows.runner.context import StepContext
from flows.runner.opening import with_credentials, without_secrets
from flows.runner.outside import OutsidePool
from flows.sdk import Emit, Json, NodeError, Record, Result, Suspend, Wake
from flows.sdk.meta import OnCrash
from flows.sdk.record_limits import record_bytes
from flows.store.patience import backoff, until_answered

MOST_DATABASE_SECONDS = 20.0
MOST_STOP_SECONDS = 20.0
T = TypeVar("T")
Turn = Callable[[], Result | Awaitable[Result]]

logger = structlog.get_logger(__name__)


async def execute(
    node: PlannedNode,
    ctx: StepContext,
    record: Record,
    pool: Executor,
    wake: Wake | None = None,
    *,
    outside: OutsidePool | None = None,
) -> Result:
    """Give the node its turn; with `wake`, the turn after a wait.

    Raises:
        NodeError: the node failed, took too long, or is faulty (`unexpected`).
    """
    limit: asyncio.Timeout | None = None
    try:
        config = await _rendered(node, record, pool)
        ctx = await with_credentials(node, ctx, pool)
        begun = (ctx, config, record)
        turn = partial(node.node.run, *begun) if wake is None else partial(node.node.resume, *begun, wake)
        result = _begin(node, ctx, turn, pool, outside)
        if inspect.isawaitable(result):
            async with asyncio.timeout(node.timeout_seconds) as limit:
                result = await result
    except NodeError as error:
        check_kept(node, error)
        raise
    except Exception as error:
        if isinstance(error, TimeoutError) and limit is not None and limit.expired():
            raise _timed_out(node, ctx) from error
        logger.exception("node_failed_unexpectedly", node_type=node.type, run=ctx.run_id)
        raise NodeError(
            "unexpected",
            log_line(f"{node.name!r} failed in a way that it should not: {type(error).__name__}: {error}"),
            hint="This is a fault of the node type. The worker's log has the details.",
        ) from error
    finally:
        ctx.end()
    return without_secrets(node, _checked(node, result, record), record)


async def stop(
    node: PlannedNode,
    ctx: StepContext,
    record: Record,
    detail: Mapping[str, Json],
    pool: Executor,
    *,
    outside: OutsidePool | None = None,
) -> None:
    """Let the node end what it waits for. What goes wrong is a line in the log: the run ends all the same."""
    try:
        async with asyncio.timeout(min(node.timeout_seconds, MOST_STOP_SECONDS)):
            config = await _rendered(node, record, pool)
            ctx = await with_credentials(node, ctx, pool)
            work = partial(node.node.stop, ctx, config, record, detail)
            done = (
                work()
                if inspect.iscoroutinefunction(node.node.stop)
                else _on_thread(node, ctx, work, pool, outside)
            )
            if inspect.isawaitable(done):
                await done
    except Exception as error:
        if not isinstance(error, NodeError | TimeoutError):
            logger.exception("node_failed_to_stop", node_type=node.type, run=ctx.run_id)
        ctx.log.error(f"What {node.name!r} waited for could not be stopped: {error or 'it took too long.'}")
    finally:
        ctx.end()


async def _rendered(node: PlannedNode, record: Record, pool: Executor) -> object:
    """The config for this record. What costs more than a little is rendered again, on a thread and by the clock, so
    that one large template holds up nobody else's runs."""
    try:
        return node.config.render(record, Budget(INLINE_WORK))
    except WorkSpent:
        budget = Budget(seconds=min(MAX_SECONDS, node.timeout_seconds))
        return await asyncio.get_running_loop().run_in_executor(pool, node.config.render, record, budget)


def _timed_out(node: PlannedNode, ctx: StepContext) -> NodeError:
    target, limit = ctx.net.target or "the other side", f"{node.timeout_seconds:g} seconds"
    if node.meta.outside and not ctx.net.is_begun:
        return NodeError(
            "target_busy",
            f"{node.name!r} had no turn within {limit}: as many calls to {target} as there may be are waiting already.",
            hint=f"Look why {target} does not answer. What is waiting fails by itself when its time is over.",
            retryable=True,
        )
    # What is unsafe to repeat may have happened all the same: a person looks before it is tried again.
    return NodeError(
        "step_timed_out",
        f"{node.name!r} took longer than its time limit of {limit}"
        + (f", and was waiting for {ctx.net.target}." if ctx.net.target else "."),
        hint=f"Look why {target} is slow, or raise the time limit in the node's settings.",
        retryable=node.meta.on_crash is OnCrash.REPEAT,
    )


def _begin(
    node: PlannedNode, ctx: StepContext, turn: Turn, pool: Executor, outside: OutsidePool | None
) -> Result | Awaitable[Result]:
    """The answer itself where the node works in memory only: no clock could stop it, so none is set."""
    if node.meta.blocking:
        return _on_thread(node, ctx, partial(_blocking, node, ctx, turn), pool, outside)
    return turn()


def _on_thread(
    node: PlannedNode, ctx: StepContext, work: Callable[[], T], pool: Executor, outside: OutsidePool | None
) -> Awaitable[T]:
    work = partial(contextvars.copy_context().run, work)
    if node.meta.outside and outside is not None:
        return outside.run(ctx.net.target or node.type, ctx.owner_id, work, ctx.net.begin)
    return asyncio.get_running_loop().run_in_executor(pool, work)


def _blocking(node: PlannedNode, ctx: StepContext, turn: Turn) -> Result:
    answer = _with_database(node, ctx, turn)
    if not isinstance(answer, Emit | Suspend):
        raise TypeError(f"{node.type} is blocking and answered {type(answer).__name__}.")
    return answer


def _with_database(node: PlannedNode, ctx: StepContext, turn: Turn) -> object:
    """Run a node that uses our database; when that is away for a moment, again as long as there is time."""
    end = time.monotonic() + min(node.timeout_seconds, MOST_DATABASE_SECONDS)
    pauses = () if node.meta.on_crash is OnCrash.ASK else backoff(0.1, until=end)
    close_old_connections()

    def take_turn() -> object:
        ctx.outbox.clear()
        return turn()

    return until_answered(take_turn, pauses)


def _checked(node: PlannedNode, result: Result, record: Record) -> Result:
    check_answer(node, result)
    if isinstance(result, Emit) and result.record is not record:
        record_bytes(node.name, result.record, number("MAX_RECORD_BYTES"))
    return result
