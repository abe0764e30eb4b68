"""What a step emitted becomes events before its outcome is committed: under the step's key, so never twice."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Executor

from common.problems import Problem
from flows.engine.run_store import ClaimedRun
from flows.runner.context import StepContext
from flows.sdk import NodeError
from flows.sdk.work import COMPARISON_WORK
from flows.services.emitted import source_of
from flows.services.intake_writer import DedupConflict, IntakeUnavailable, NotJudged, intake_writer
from flows.services.pressure import Pressure
from flows.store.new_events import NewEvent
from flows.store.patience import backoff
from flows.store.verdicts import judge

MOST_SECONDS = 20.0
"""How long a database that is away is waited for."""

_pressure = Pressure()


async def store_emitted(ctx: StepContext, claimed: ClaimedRun, pool: Executor) -> None:
    """Store the events of a step. What an earlier try of it stored stands, also if this one says it otherwise.

    Raises:
        NodeError: `payload_does_not_fit`, `too_expensive`; and, to be tried again, `queue_full`, `disk_full`,
            `intake_unavailable`.
    """
    loop = asyncio.get_running_loop()
    events = await loop.run_in_executor(pool, _checked, ctx, claimed)
    for pause in backoff(0.1, until=time.monotonic() + MOST_SECONDS):
        await loop.run_in_executor(pool, _judge, events)
        try:
            await intake_writer.accept(events)
        except DedupConflict:
            return
        except NotJudged:
            continue
        except IntakeUnavailable:
            await asyncio.sleep(pause)
        else:
            return
    raise NodeError(
        "intake_unavailable",
        "The events of this step could not be stored.",
        hint="Look after the database. The step is tried again if its settings say so.",
        retryable=True,
    )


def _checked(ctx: StepContext, claimed: ClaimedRun) -> list[NewEvent]:
    ctx.outbox.check()
    try:
        _pressure.check_now(claimed.tenant_id)
    except Problem as problem:
        raise NodeError.of(problem) from problem
    return [
        NewEvent(
            type=event.kind.name,
            payload=event.payload,
            tenant_id=claimed.tenant_id,
            source=source_of(ctx.outbox.package),
            dedup_key=f"{ctx.idempotency_key}:{ctx.turn}.{place}",
            cause_run_id=claimed.run_id,
            depth=claimed.event_depth + 1,
        )
        for place, event in enumerate(ctx.outbox.events)
    ]


def _judge(events: Sequence[NewEvent]) -> None:
    for event in events:
        judge(intake_writer.index, event, COMPARISON_WORK // len(events))
