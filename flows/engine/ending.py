"""Ending a run without walking it (it has not begun, is parked, or its plan cannot be had), and why runs end so."""

from datetime import datetime
from uuid import UUID

from flows.compiler.plan import PlannedNode
from flows.engine.cursor import Cursor
from flows.engine.run_store import Writes, storable
from flows.engine.states import RunStatus
from flows.sdk import JsonObject, NodeError

CANCELLED_MESSAGE = "Someone cancelled the run."


def cancelled(
    run_id: UUID, fence: int, stored: JsonObject | None, at: datetime, message: str = CANCELLED_MESSAGE
) -> Writes:
    """Cancel a run that no worker has at work, and with it the step at which it is parked.

    Args:
        stored: its cursor; None for a run that has not begun.
        message: who or what cancelled it.
    """
    writes = Writes(run_id, fence, RunStatus.CANCELLED, at=at, error=cancelled_error(message))
    if stored is not None:
        cursor = Cursor.from_json(stored)
        writes.leaves_review = cursor.waits_for_review
        writes.steps = cursor.cancelled(at)
        writes.cursor = cursor.to_json()
    return writes


def must_be_stopped(stored: JsonObject | None) -> bool:
    """Whether cancelling the run takes a worker, because what it waits for has to be ended outside."""
    return stored is not None and Cursor.from_json(stored).must_be_stopped


def cancelled_error(message: str = CANCELLED_MESSAGE) -> JsonObject:
    """The reason that a cancelled run shows."""
    return {"code": "cancelled", "message": message}


def failed(run_id: UUID, fence: int, stored: JsonObject | None, at: datetime, error: NodeError) -> Writes:
    """Fail a run as it stands, say because its version does not compile here any more."""
    writes = Writes(run_id, fence, RunStatus.FAILED, stored, at=at, error=storable(error))
    writes.leaves_review = stored is not None and _waits_for_review(stored)
    return writes


def interrupted_error(node: PlannedNode) -> NodeError:
    """Why a step that is unsafe to repeat waits for a person."""
    return NodeError(
        "interrupted",
        f"The worker stopped while {node.name!r} was at work, so its outcome is not known.",
        hint="Look whether it happened, then choose to repeat it, to skip it or to fail the run.",
    )


def lost_error(node: PlannedNode, times: int) -> NodeError:
    """Why a step that worker after worker died of is not tried again."""
    return NodeError(
        "worker_lost",
        f"The worker died {times} times while {node.name!r} was at work.",
        hint="Look at the worker's log, then resume the run.",
    )


def _waits_for_review(stored: JsonObject) -> bool:
    """Of a cursor that may make no sense, which may be why the run fails."""
    try:
        return Cursor.from_json(stored).waits_for_review
    except (KeyError, TypeError, ValueError):
        return False
