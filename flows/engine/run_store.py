"""What a run writes down, and the store that it is written to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from common.redact import log_line
from flows.engine.review_desk import HeldReview
from flows.engine.states import RunStatus, StepStatus
from flows.sdk import JsonObject, NodeError, Record


@dataclass(slots=True)
class StepChange:
    """A step as it stands now; a second change of the same try replaces the first.

    `output` is the record behind the port, or None when the node passed its input on unchanged.
    """

    node_id: str
    attempt: int
    seq: int
    status: StepStatus
    started_at: datetime
    finished_at: datetime | None = None
    port: str = ""
    output: Record | None = None
    error: JsonObject | None = None


@dataclass(slots=True)
class LogEntry:
    """A line of the run's log."""

    seq: int
    at: datetime
    level: int
    node_id: str
    text: str


@dataclass(slots=True)
class Writes:
    """What one run puts down in one commit, under the fence of its claim.

    `status` None leaves the run as it is; `RUNNING` stores the cursor and keeps the lease; `WAITING` parks it until
    `due_at` (None: until someone moves it); a final status ends it. `subject`: what the flow's template calls it.
    `is_in_step`: the step is still at work, so it may yet kill its worker. `review`: what people are asked, of a run
    that parks for it; `leaves_review`: it ends while they are asked.
    """

    run_id: UUID
    fence: int
    status: RunStatus | None = None
    cursor: JsonObject | None = None
    steps: list[StepChange] = field(default_factory=list)
    logs: list[LogEntry] = field(default_factory=list)
    due_at: datetime | None = None
    wait_reason: str = ""
    error: JsonObject | None = None
    at: datetime | None = None
    subject: str | None = None
    is_in_step: bool = False
    review: HeldReview | None = None
    leaves_review: bool = False


SUSPECTED_AFTER = 2
"""Of the runs that were at work when a worker died for the second time, one is tried at a time: which of them kills
workers is not known, and none fails for what another did."""


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """A run that this worker holds until its lease ends.

    `cursor` None: it has not begun. `outputs`: what finished steps left behind, by node id; only for a run that has
    begun. `damage`: why what is stored cannot be read; that run fails alone. `lost_leases`: how many workers died in
    a row with the step at which it stands. `is_first`: nobody claimed it before. `is_test`: credentials open with
    their values for trying out.
    """

    run_id: UUID
    flow_id: UUID
    version_id: UUID
    tenant_id: int | None
    fence: int
    payload: JsonObject
    event_depth: int
    cursor: JsonObject | None
    outputs: dict[str, Record | None]
    cancel_requested: bool
    lost_leases: int
    damage: str = ""
    is_first: bool = False
    is_test: bool = False

    @property
    def is_suspect(self) -> bool:
        """Whether it may be what kills workers."""
        return self.lost_leases >= SUSPECTED_AFTER


def storable(error: NodeError) -> dict[str, object]:
    """The error as it is stored: its texts carry no secret and nothing that a database refuses."""
    return {
        name: log_line(value) if isinstance(value, str) else value for name, value in error.as_json().items()
    }


class LeaseLost(Exception):
    """Another worker holds the run by now, or it is finished; what was to be written is dropped."""


class RunStore(Protocol):
    """The queue and the journal. Calls block; the runner makes them on a thread of its own."""

    def exchange(
        self, writes: Sequence[Writes], *, owner: str, claim: int, lease_seconds: float, suspect: bool
    ) -> tuple[set[UUID], list[ClaimedRun]]:
        """Put down `writes` and claim up to `claim` due runs, in one transaction; one of them a suspect if it may be.

        Returns:
            The runs whose lease was lost (nothing of theirs was written), and the claimed ones.
        """

    def seconds_to_due(self) -> float:
        """Until a run can be claimed: 0 or less when one can, infinite when none waits for a time. Costs little."""

    def renew(self, owner: str, run_ids: Sequence[UUID], lease_seconds: float) -> None:
        """Prolong the lease of these runs, as far as `owner` still holds them."""

    def release(self, owner: str) -> int:
        """Give back every run that `owner` holds; returns how many."""

    def expire(self, owner: str) -> int:
        """End the leases of an owner that is dead; returns how many."""

    def cancel_requests(self, owner: str) -> set[UUID]:
        """The runs of `owner` that someone wants cancelled."""


class Publisher(Protocol):
    """Tells watchers that runs have changed. Called after the commit; may lose messages, must not block."""

    def changed(self, changes: Sequence[tuple[UUID, UUID]]) -> None:
        """These runs, as (run id, flow id), have new rows."""
