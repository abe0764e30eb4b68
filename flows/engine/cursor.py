"""Where a run stands: all that must be stored so that any worker can go on with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flows.engine.run_store import StepChange
from flows.engine.states import StepStatus
from flows.sdk import Json, JsonObject, Record, Suspend, Wake

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
        answers: the ports that an answer may choose.
        countdown: whether the live view counts down to the end of the wait.
        review: whether people decide, by the rules of reviews.
        callback: whether an outside system may answer.
        answer: who answered, as a sentence for the log; empty while nobody has.
        chosen: the port that was answered, of a wait whose node then has its turn.
        data: what came with it.
        rounds: how many answers the step has had.
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
    review: bool = False
    callback: bool = False
    answer: str = ""
    chosen: str | None = None
    data: Json = None
    rounds: int = 0

    @classmethod
    def of(
        cls, node: str, wait: Suspend, since: datetime, turn: int, rounds: int, *, stops: bool
    ) -> Suspension:
        """What a node asked for."""
        return cls(
            node,
            wait.on_time,
            wait.reason,
            detail=dict(wait.detail),
            since=since,
            turn=turn,
            stops=stops,
            answers=list(wait.answers),
            countdown=wait.countdown,
            review=wait.review is not None,
            callback=wait.callback,
            rounds=rounds,
        )

    @property
    def wake(self) -> Wake | None:
        """What the node is told when it has its turn again; None when the run goes on behind a port."""
        if self.port is not None or self.since is None:
            return None
        return Wake(self.detail, self.since, self.chosen, self.data)

    def take(self, port: str, data: Json, answer: str) -> None:
        """Somebody answered: the node has its turn, or the run goes on behind the port where nothing else is asked.

        Args:
            answer: who, as a sentence for the log.
        """
        self.answer, self.data = answer, data
        self.rounds += 1
        if self.review or self.callback:
            self.port, self.chosen = None, port
        else:
            self.port = port

    def to_json(self) -> JsonObject:
        """As it is stored within the cursor."""
        out: JsonObject = {"node": self.node, "port": self.port, "reason": self.reason}
        if self.record is not None:
            out["record"] = dict(self.record)
        for name in _STORED_WHEN_SET:
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


_STORED_WHEN_SET = (
    *("detail", "turn", "failures", "stops", "answers", "countdown", "review", "callback"),
    *("answer", "chosen", "data", "rounds"),
)


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

    @property
    def waits_for_review(self) -> bool:
        """Whether people have yet to decide."""
        wait = self.suspension
        return wait is not None and wait.review and not wait.answer

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
