"""What the answers of one level come to."""

from dataclasses import dataclass
from typing import Literal

from approvals.policy.document import Approval, Rejection

Outcome = Literal["approved", "rejected", "undecided", "too_few"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many say continue, how many cancel, and how many have not answered."""

    yes: int
    no: int
    open: int

    @property
    def people(self) -> int:
        """Everybody who is asked."""
        return self.yes + self.no + self.open


def outcome(approval: Approval, rejection: Rejection, tally: Tally) -> Outcome | None:
    """What the level has come to; None while answers can still change it.

    When one answer meets both rules, it is rejected.
    """
    best = Tally(tally.yes + tally.open, tally.no, 0)
    worst = Tally(tally.yes, tally.no + tally.open, 0)
    if not can_be_approved(approval, tally):
        return "too_few"
    if _rejects(rejection, tally):
        return "rejected"
    if _approves(approval, tally):
        return "approved"
    if _approves(approval, best):
        return None
    if rejection.kind == "impossible":
        return "rejected"
    return None if _rejects(rejection, worst) else "undecided"


def can_be_approved(approval: Approval, tally: Tally) -> bool:
    """Whether it would be continued if everybody said so."""
    return _approves(approval, Tally(tally.people, 0, 0))


def still_needed(approval: Approval, tally: Tally) -> int:
    """How many more have to say continue; all who have not answered, when even they would not do."""
    for more in range(1, tally.open + 1):
        if _approves(approval, Tally(tally.yes + more, tally.no, tally.open - more)):
            return more
    return tally.open


def _approves(rule: Approval, tally: Tally) -> bool:
    if rule.kind == "everyone_any":
        return tally.open == 0 and tally.yes > 0
    return _reached(rule.kind, rule.number, tally.yes, tally.people)


def _rejects(rule: Rejection, tally: Tally) -> bool:
    return rule.kind != "impossible" and _reached(rule.kind, rule.number, tally.no, tally.people)


def _reached(kind: str, number: int | None, votes: int, people: int) -> bool:
    if votes == 0:
        return False
    if kind == "percent":
        return votes * 100 >= (number or 0) * people
    return votes >= {"any": 1, "all": people}.get(kind, number or 0)
