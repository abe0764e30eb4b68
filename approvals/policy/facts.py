"""What a policy is evaluated with, and what comes out. Users are ids; times are aware."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from approvals.policy.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that was said. Answers are in the order in which they were taken and never change.

    Args:
        kind: `reassign` gives the seat of `on_behalf_of`, or else of `user`, to `to_users`; with `override` all
            seats that are open. `escalate` asks `to_users` instead of everybody, any
            of whom decides; without `to_users` it is a note that a deadline has escalated, and changes nothing.
        on_behalf_of: the reviewer in whose place a delegate said it.
        override: said by the right to decide the tasks of others: decides the whole task.
    """

    kind: Literal["continue", "cancel", "reassign", "escalate"]
    user: int | None
    at: datetime
    on_behalf_of: int | None = None
    to_users: frozenset[int] = frozenset()
    override: bool = False


@dataclass(frozen=True, slots=True)
class Delegated:
    """`owner` is away from `start` until `until`, and `delegate` may answer in their place."""

    owner: int
    delegate: int
    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Context:
    """What does not follow from the policy and the answers.

    Args:
        people: for each stage and each of its levels the users whom its references named when the task was
            held. It stays as it was then; who joins a group later is not asked.
        opened_at: when the task was held.
        requester: who asked; None for the program.
        requester_role: the role of whoever asked.
        task_type: the type of the operation; None for a review that a flow asked for.
        delegations: in force now or not; one hop only.
        gone: who can no longer answer (deactivated, moved away), and since when. Their answers stay.
        overriders: who may decide the tasks of others in the task's tenant.
    """

    people: tuple[tuple[frozenset[int], ...], ...]
    opened_at: datetime
    requester: int | None = None
    requester_role: str | None = None
    task_type: str | None = None
    delegations: tuple[Delegated, ...] = ()
    gone: Mapping[int, datetime] = field(default_factory=dict)
    overriders: frozenset[int] = frozenset()
    calendar: Calendar | None = None


class State(StrEnum):
    """Where a task stands by its policy. All but `pending` and `unsatisfiable` are final."""

    pending = "pending"
    continued = "continued"
    cancelled = "cancelled"
    expired = "expired"
    unsatisfiable = "unsatisfiable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answers and the time come to.

    Args:
        code: why, for programs: `waiting`, `approved`, `rejected`, `undecided` (everybody has answered, neither
            rule is met), `override`, `deadline`, `not_reviewed` (type), `trusted_requester`, `nobody_to_ask`,
            `too_few` (nobody is left, or fewer than the rule asks for).
        reason: why, in one sentence.
        since: when this state began.
        stage, level: where it stands or ended.
        may_answer: who can say something now that counts, delegates included; overriders are not listed.
        waiting_for: the reviewers who have not answered.
        answered: the reviewers who have, in this level.
        barred: who says nothing, for nobody: has answered in this stage, is gone, or asked for it.
        needed: how many more have to say continue.
        is_by_hand: it was escalated to `waiting_for`, whomever the level names.
        deadline: when the level ends by itself.
        reminders: when the level reminds, past ones included.
        next_at: when it has to be looked at again: the next reminder or the deadline.
    """

    state: State
    code: str
    reason: str
    since: datetime
    stage: int = 0
    level: int = 0
    may_answer: frozenset[int] = frozenset()
    waiting_for: frozenset[int] = frozenset()
    answered: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()
    needed: int = 0
    is_by_hand: bool = False
    deadline: datetime | None = None
    reminders: tuple[datetime, ...] = ()
    next_at: datetime | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing can change it any more."""
        return self.state not in (State.pending, State.unsatisfiable)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an answer is not taken.

    Args:
        code: `decided_already`, `four_eyes`, `not_asked`, `no_delegation`, `gone` or `answered_already`.
    """

    code: str
    message: str
