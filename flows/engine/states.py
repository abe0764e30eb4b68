"""Where runs and steps may stand, and the moves that are allowed between these states."""

from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    """Accepted; no worker has looked at it yet."""
    RUNNING = "running"
    """A worker holds it."""
    WAITING = "waiting"
    """Parked until a time, a person or another system moves it."""
    SUCCEEDED = "succeeded"
    """Every node that could be reached has had its turn."""
    FAILED = "failed"
    """A node failed and nothing was wired to its error port."""
    CANCELLED = "cancelled"
    """Someone stopped it, or its flow allows no further run."""


class StepStatus(StrEnum):
    """Where a step stands."""

    RUNNING = "running"
    """Begun, and unsafe to repeat; its outcome is not known yet."""
    WAITING = "waiting"
    """The node suspended the run."""
    RETRYING = "retrying"
    """This try failed; another one is due."""
    SUCCEEDED = "succeeded"
    """The record went on behind a port."""
    FAILED = "failed"
    """This try failed and there is no other."""
    SKIPPED = "skipped"
    """A person chose to go on without it."""
    CANCELLED = "cancelled"
    """The run was cancelled meanwhile."""
    INTERRUPTED = "interrupted"
    """Its worker died in the middle; a person says whether it is repeated."""


PASSED_ON = frozenset({StepStatus.SUCCEEDED, StepStatus.SKIPPED, StepStatus.FAILED})
"""A step that stands so is through: it has left a record for the nodes behind it, or passed its input on."""

RUN_MOVES: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: frozenset({RunStatus.RUNNING, RunStatus.CANCELLED}),
    RunStatus.RUNNING: frozenset(RunStatus) - {RunStatus.QUEUED},
    RunStatus.WAITING: frozenset({RunStatus.RUNNING, RunStatus.CANCELLED}),
    RunStatus.SUCCEEDED: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}
"""Which status may follow which. A finished run is never changed."""

FINAL_RUN_STATUSES = frozenset(status for status, moves in RUN_MOVES.items() if not moves)
