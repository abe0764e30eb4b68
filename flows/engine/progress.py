"""The next move of a run: what an outcome of a node means for its steps, its status and its cursor. No I/O."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from common.redact import log_line, redact_known
from flows.compiler.plan import PlannedNode
from flows.engine.cursor import Cursor, Suspension
from flows.engine.ending import cancelled_error, interrupted_error, lost_error
from flows.engine.retry import next_delay
from flows.engine.review_desk import HeldReview
from flows.engine.run_store import LogEntry, StepChange, Writes, storable
from flows.engine.states import FINAL_RUN_STATUSES, RunStatus, StepStatus
from flows.engine.walk import Walk
from flows.sdk import Emit, NodeError, Record, Suspend, Wake
from flows.sdk.context import Clock
from flows.sdk.meta import ERROR, OnCrash

MOST_LOST_LEASES = 4  # the last two of them as the one suspect of its worker
LEVELS = {"debug": 10, "info": 20, "stdout": 21, "stderr": 22, "warning": 30, "error": 40}
MAX_LOG_LINES = 5_000
MAX_REASON = 40

# One for all runs: seeding one costs as much as a step.
_chance = random.Random()  # noqa: S311  # it spreads retries, nothing else


@dataclass(slots=True)
class _Try:
    node: PlannedNode
    attempt: int
    started_at: datetime
    is_shown: bool = False


@dataclass(slots=True)
class Progress:
    """One claimed run on its way. Gathers what is to be written; `take_writes` hands it over."""

    run_id: UUID
    fence: int
    walk: Walk
    clock: Clock
    rng: random.Random = _chance
    _writes: Writes | None = None
    _try: _Try | None = None
    is_over: bool = False

    @property
    def cursor(self) -> Cursor:
        return self.walk.cursor

    @property
    def writes(self) -> Writes:
        """What has gathered since the last `take_writes`."""
        if self._writes is None:
            self._writes = Writes(self.run_id, self.fence)
        return self._writes

    def take_writes(self) -> Writes:
        """Hand over what has gathered, with the cursor as it is now."""
        writes = self.writes
        writes.at = self.clock.now()
        if writes.status is None:
            writes.status = RunStatus.RUNNING
        if writes.status is not RunStatus.SUCCEEDED:
            writes.cursor = self.cursor.to_json()
        self._writes = None
        return writes

    # --- picking a run up ---------------------------------------------------------------------------------

    def pick_up(self, lost_leases: int = 0) -> None:
        """Settle what the cursor says about the past before the walk goes on."""
        node_id = self.walk.current
        if node_id is None:
            return
        node = self.walk.plan.nodes[node_id]
        wait = self.cursor.suspension
        if wait is not None and wait.port is not None:
            self._go_on(wait, wait.port, node)
        elif wait is not None and wait.answer and not wait.failures:
            self.begin(node)
            self.log("info", wait.answer)
        elif self.cursor.verdict is not None:
            self._follow_verdict(node)
        elif self.cursor.intent is not None:
            self._interrupt(node)
        elif lost_leases >= MOST_LOST_LEASES:
            self.begin(node)
            self.fail(lost_error(node, lost_leases))

    def _go_on(self, wait: Suspension, port: str, node: PlannedNode) -> None:
        record = self.walk.input_of(node.id) if wait.record is None else wait.record
        self.begin(node)
        if wait.answer:
            self.log("info", wait.answer)
        self.succeed(Emit(port, record))

    def _follow_verdict(self, node: PlannedNode) -> None:
        verdict, self.cursor.verdict, self.cursor.intent = self.cursor.verdict, None, None
        if verdict == "repeat":
            self.cursor.attempts += 1
            return
        self.begin(node)
        if verdict == "fail":
            self.fail(NodeError("given_up", f"A person gave {node.name!r} up after it was interrupted."))
        else:
            record = self.walk.input_of(node.id)
            self._end_step(StepStatus.SKIPPED, port=node.meta.ports[0].name)
            self.walk.advance(node.meta.ports[0].name, record)

    def _interrupt(self, node: PlannedNode) -> None:
        self.begin(node)
        self._end_step(StepStatus.INTERRUPTED, error=interrupted_error(node))
        self._park(None, "interrupted")

    @property
    def wake(self) -> Wake | None:
        """What the node whose turn it is left when it suspended the run; None when it has its first turn."""
        return self.cursor.suspension.wake if self.cursor.suspension else None

    @property
    def turn(self) -> int:
        """How often the step had its turn before and waited."""
        return self.cursor.suspension.turn if self.cursor.suspension else 0

    @property
    def rounds(self) -> int:
        """How many answers from outside the step has had."""
        return self.cursor.suspension.rounds if self.cursor.suspension else 0

    # --- one node's turn ----------------------------------------------------------------------------------

    def begin(self, node: PlannedNode) -> int:
        """The node's turn begins; returns the number of the try, from 1."""
        attempt = self.cursor.attempts + 1
        self._try = _Try(node, attempt, self.clock.now())
        return attempt

    def intend(self) -> Writes | None:
        """For a node that is unsafe to repeat: what must be committed before it is run."""
        current = self._current_try()
        if current.node.meta.on_crash is not OnCrash.ASK or self.wake is not None:
            return None
        self.cursor.intent = current.node.id
        self._show(current)
        return self.take_writes()

    def so_far(self) -> Writes:
        """What there is to put down while the node is at work."""
        current = self._current_try()
        if not current.is_shown:
            self._show(current)
        writes = self.take_writes()
        writes.is_in_step = True
        return writes

    def _show(self, current: _Try) -> None:
        current.is_shown = True
        self.writes.steps.append(
            StepChange(
                current.node.id, current.attempt, self.walk.next_seq(), StepStatus.RUNNING, current.started_at
            )
        )

    def succeed(self, result: Emit) -> None:
        """The node answered: its record goes on behind the port."""
        current = self._current_try()
        unchanged = result.record is self.walk.input_of(current.node.id)
        self._end_step(StepStatus.SUCCEEDED, port=result.port, output=None if unchanged else result.record)
        self.walk.advance(result.port, result.record)

    def suspend(self, wait: Suspend) -> None:
        node = self._current_try().node
        since = self.wake.since if self.wake else self.clock.now()
        turn, rounds = self.turn + 1, self.rounds
        self._end_step(StepStatus.WAITING)
        self.cursor.suspension = Suspension.of(node.id, wait, since, turn, rounds, stops=node.meta.stops)
        if wait.review is not None:
            self.writes.review = HeldReview(self.run_id, node.id, node.name, since, wait.review)
        self._park(wait.until, wait.reason)

    def fail(self, error: NodeError) -> None:
        """The node failed: it is tried again later, goes on behind its error port, or fails the run."""
        current = self._current_try()
        wait = self.cursor.suspension
        tries = wait.failures + 1 if wait else current.attempt
        delay = next_delay(current.node.retry, tries, error, self.rng)
        if delay is not None:
            self._end_step(StepStatus.RETRYING, error=error)
            self.cursor.suspension = self._begun_wait(wait, error, current.node, tries)
            self.cursor.attempts = current.attempt
            self._park(self.clock.now() + timedelta(seconds=delay), "retry")
            return
        data = self._end_step(StepStatus.FAILED, error=error)
        if current.node.next.get(ERROR.name):
            record = {
                **self.walk.input_of(current.node.id),
                **error.output,
                "error": {**data, "node": current.node.name},
            }
            self.writes.steps[-1].port = ERROR.name
            self.writes.steps[-1].output = record
            self.walk.advance(ERROR.name, record)
            return
        self.finish(RunStatus.FAILED, {**data, "node": current.node.id})

    def _begun_wait(
        self, wait: Suspension | None, error: NodeError, node: PlannedNode, tries: int
    ) -> Suspension | None:
        """What the next try is told of those before it."""
        if wait is None and error.keeps:
            wait = Suspension(node.id, None, "retry", since=self.clock.now(), stops=node.meta.stops)
        if wait is None:
            return None
        return replace(wait, failures=tries, detail=redact_known(dict(error.keeps)) or wait.detail)

    def cancel(self) -> None:
        """Stop here, in the middle of a step or between two."""
        self.writes.leaves_review = self.cursor.waits_for_review
        if self._try is not None:
            self._end_step(StepStatus.CANCELLED)
        self.finish(RunStatus.CANCELLED, cancelled_error())

    def finish(self, status: RunStatus, error: dict[str, object] | None = None) -> None:
        if status not in FINAL_RUN_STATUSES:
            raise ValueError(f"{status} is not a final status.")
        self.writes.status = status
        self.writes.error = error
        self.is_over = True

    def log(self, level: str, text: str, at: datetime | None = None) -> None:
        """Write a line to the run's log; past the cap one last line says that no more are kept."""
        if self.cursor.log_lines >= MAX_LOG_LINES:
            return
        self.cursor.log_lines += 1
        if self.cursor.log_lines == MAX_LOG_LINES:
            level, text = "warning", f"The log is full: lines after the first {MAX_LOG_LINES} are not kept."
        node_id = self._try.node.id if self._try else ""
        seq = self.walk.next_seq()
        self.writes.logs.append(LogEntry(seq, at or self.clock.now(), LEVELS[level], node_id, log_line(text)))

    def input(self) -> Record:
        """The record that reaches the node whose turn it is."""
        return self.walk.input_of(self._current_try().node.id)

    # --- helpers ------------------------------------------------------------------------------------------

    def _current_try(self) -> _Try:
        if self._try is None:
            raise RuntimeError("No node has its turn.")
        return self._try

    def _park(self, until: datetime | None, reason: str) -> None:
        self.writes.status = RunStatus.WAITING
        self.writes.due_at = until
        self.writes.wait_reason = reason[:MAX_REASON]
        self.is_over = True

    def _end_step(
        self,
        status: StepStatus,
        *,
        port: str = "",
        output: Record | None = None,
        error: NodeError | None = None,
    ) -> dict[str, object]:
        current = self._current_try()
        data = storable(error) if error else None
        if error is not None:
            level = "warning" if status is StepStatus.RETRYING else "error"
            self.log(level, f"{error.code}: {error.message}")
        self.writes.steps.append(
            StepChange(
                current.node.id,
                current.attempt,
                self.walk.next_seq(),
                status,
                current.started_at,
                None if status is StepStatus.WAITING else self.clock.now(),
                port,
                output,
                data,
            )
        )
        self.cursor.intent = self.cursor.intent if status is StepStatus.INTERRUPTED else None
        self.cursor.suspension = None
        self._try = None
        return data or {}
