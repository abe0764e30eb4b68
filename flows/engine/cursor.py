"""Where a run stands: all that must be stored so that any worker can go on with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flows.engine.run_store import StepChange
from flows.engine.states import StepStatus
from flows.sdk import JsonObject, Record, Wake

Verdict = Literal["repeat", "skip", "fail"]


@dataclass(slots=True)
class Suspension:
    """A node that waits: what happens when its time has come.

    Args:
        port: behind which the run goes on; None gives the node its turn again.
        record: replaces the record behind the port when whoever resumes the run has something to add.
        detail: what the node wants to find again.
        since: when it began to wait; set where the node has its turn again.
        turn: how many turns of the step went well before the one that comes.
        failures: how often that one has failed.
        stops: whether cancelling has to end something outside.
        answers: the ports behind which a person can let the run go on now.
        countdown: whether the live view counts down to the end of the wait.
        answer: who let it go on, as a sentence for the log; empty while nobody has.
    """

    node: str
    port: str | None
    reason: str
    record: Record | None = None
    detail: JsonObject = field(default_factory=dict)
    since: datetime | None = None
    turn: int = 0
    failures: int = 0
    stops: bool = False
    answers: list[str] = field(default_factory=list)
    countdown: bool = False
    answer: str = ""

    @property
    def wake(self) -> Wake | None:
        """What the node is told when it has its turn again; None when the run goes on behind a port."""
        return Wake(self.detail, self.since) if self.port is None and self.since is not None else None

    def to_json(self) -> JsonObject:
        """As it is stored within the cursor."""
        out: JsonObject = {"node": self.node, "port": self.port, "reason": self.reason}
        if self.record is not None:
            out["record"] = dict(self.record)
        for name in ("detail", "turn", "failures", "stops", "answers", "countdown", "answer"):
            if getattr(self, name):
                out[name] = getattr(self, name)
        if self.since is not None:
            out["since"] = self.since.isoformat()
        return out

    @classmethod
    def from_json(cls, data: JsonObject) -> Suspension:
        """From what was stored."""
        since = data.get("since")
        return cls(**{**data, "since": datetime.fromisoformat(since) if since else None})


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

    @property
    def must_be_stopped(self) -> bool:
        """Whether cancelling has to end something outside, which takes a worker."""
        return self.suspension is not None and self.suspension.stops

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
            out["suspension"] = self.suspension.to_json()
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
            suspension=Suspension.from_json(wait) if wait else None,
            intent=data.get("intent"),
            verdict=data.get("verdict"),
            key=data.get("key", ""),
            log_lines=data.get("log_lines", 0),
        )
