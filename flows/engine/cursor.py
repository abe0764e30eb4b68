"""Where a run stands: all that must be stored so that any worker can go on with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flows.engine.journal import StepChange
from flows.engine.states import StepStatus
from flows.sdk import JsonObject, Record

Verdict = Literal["repeat", "skip", "fail"]


@dataclass(slots=True)
class Suspension:
    """A node that waits: what happens when its time has come.

    `record` replaces the record behind the port when whoever resumes the run has something to add.
    """

    node: str
    port: str
    reason: str
    record: Record | None = None


@dataclass(slots=True)
class Cursor:
    """The pending frames of a run.

    Args:
        pending: ids of the nodes that still have their turn, the next one last.
        seq: the newest place in the run's line of changes.
        attempts: tries so far of the node whose turn it is, when it has been tried.
        suspension: set while a node waits.
        intent: the node that was begun and is unsafe to repeat.
        verdict: what a person said about an interrupted node.
        key: what idempotency keys are made from: the id of the run in which the steps were first tried.
        log_lines: how many lines the run has logged so far.
    """

    pending: list[str]
    seq: int = 0
    attempts: int = 0
    suspension: Suspension | None = None
    intent: str | None = None
    verdict: Verdict | None = None
    key: str = ""
    log_lines: int = 0

    @property
    def parked_at(self) -> str | None:
        """The node whose step waits, is about to be tried again or was interrupted; None between two steps."""
        is_begun = self.suspension is not None or self.intent is not None or self.attempts > 0
        return self.pending[-1] if is_begun and self.pending else None

    def waits_for_verdict(self, node_id: str) -> bool:
        """Whether the node's step was interrupted and nobody has said yet what happens to it."""
        return self.intent == node_id and self.verdict is None

    def cancelled(self, at: datetime) -> list[StepChange]:
        """What cancelling does to the step at which the run is parked; nothing between two steps."""
        if self.parked_at is None:
            return []
        self.seq += 1
        return [StepChange(self.parked_at, self.attempts + 1, self.seq, StepStatus.CANCELLED, at, at)]

    def resumed(self, key: str) -> Cursor:
        """Where another run goes on from here: the node whose turn it was begins anew, what is done stays done.

        Args:
            key: of the run that stood here, unless that one went on from an earlier run.
        """
        return Cursor(pending=list(self.pending), seq=self.seq, key=self.key or key)

    def to_json(self) -> JsonObject:
        """As it is stored with the queue entry."""
        out: JsonObject = {"pending": self.pending, "seq": self.seq}
        if self.attempts:
            out["attempts"] = self.attempts
        if self.suspension:
            wait = self.suspension
            out["suspension"] = {
                "node": wait.node,
                "port": wait.port,
                "reason": wait.reason,
                "record": None if wait.record is None else dict(wait.record),
            }
        for name in ("intent", "verdict", "key", "log_lines"):
            if getattr(self, name):
                out[name] = getattr(self, name)
        return out

    @classmethod
    def from_json(cls, data: JsonObject) -> Cursor:
        """From what was stored."""
        wait = data.get("suspension")
        return cls(
            pending=list(data["pending"]),
            seq=data.get("seq", 0),
            attempts=data.get("attempts", 0),
            suspension=Suspension(**wait) if wait else None,
            intent=data.get("intent"),
            verdict=data.get("verdict"),
            key=data.get("key", ""),
            log_lines=data.get("log_lines", 0),
        )
