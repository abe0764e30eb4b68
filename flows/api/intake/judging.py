"""Trigger conditions of events on their way in: tried outside of the writer's transaction, and off the loop if long."""

from functools import partial

from common.problems import Problem
from flows.api.intake.work_pool import WorkPool
from flows.sdk.work import COMPARISON_WORK
from flows.services.intake_writer import LARGE_REQUEST, IntakeUnavailable, IntakeWriter, NotJudged
from flows.store.new_events import Accepted, NewEvent
from flows.store.trigger_index import TriggerIndex
from flows.store.verdicts import judge, judge_quickly, settle

QUICK_WORK = 50_000
"""Units for the conditions of a request on the loop: half a millisecond. What needs more has a thread."""

REQUEST_WORK = 25 * COMPARISON_WORK
"""Units for the conditions of one request: about half a second, when all conditions are at their worst."""

TRIES = 5


async def store_judged(
    writer: IntakeWriter, pool: WorkPool, events: list[NewEvent], tenant_id: int | None
) -> list[Accepted]:
    """Try the conditions, then hand the events over; again when triggers changed in between.

    Raises:
        Problem: 429 `too_much_work`, 413 `too_much_work`.
        DedupConflict: as the writer.
        IntakeUnavailable: as the writer, or triggers change all the time.
    """
    for _ in range(TRIES):
        is_large = len(events) > LARGE_REQUEST
        if is_large or not judge_quickly(writer.index, events, QUICK_WORK):
            await pool.run(tenant_id, partial(_judge_all, writer.index, events))
        try:
            return await writer.accept(events)
        except NotJudged:
            continue
    raise IntakeUnavailable


def _judge_all(index: TriggerIndex, events: list[NewEvent]) -> None:
    left = REQUEST_WORK
    for place, event in enumerate(events):
        left -= judge(index, event)
        if left < 0 and place + 1 < len(events):
            raise Problem(
                413,
                "too_much_work",
                f"The conditions on the first {place + 1} of these events cost all that one request may.",
                hint="Send fewer events at once, or use simpler patterns in the conditions.",
            )
    if len(events) > LARGE_REQUEST:
        settle(index, events)
