"""Why a policy could never let anybody decide, as far as that is known beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from approvals.policy.document import Level, PolicyDocument, Reviewer
from approvals.policy.tally import Tally, can_be_approved

PARTIAL = ("unknown_reviewer", "empty_group")
"""These leave the others of the level, who may be enough."""


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """What is wrong with one level.

    Args:
        code: `nobody_to_ask`, `too_few`, `unknown_reviewer` or `empty_group`.
        is_fatal: no level of the stage can ever decide, so that the stage is unsatisfiable.
    """

    code: str
    message: str
    stage: int
    level: int
    is_fatal: bool


class Directory(Protocol):
    """Who is who, today."""

    def people(self, reviewer: Reviewer) -> frozenset[int] | None:
        """Those who are meant and could decide; None: there is no such user or group."""

    def is_known(self, reviewer: Reviewer) -> bool:
        """Whether it is known beforehand who is meant; it is not of fields of the record."""


def problems_of(
    policy: PolicyDocument, directory: Directory, requester: int | None = None
) -> list[PolicyProblem]:
    """What keeps the policy from ever being satisfied.

    Args:
        requester: who will ask, where that is known.
    """
    found: list[PolicyProblem] = []
    for index, stage in enumerate(policy.stages):
        barred = {requester} if policy.four_eyes and requester is not None else set()
        levels = [list(_of_level(level, directory, barred)) for level in stage.levels]
        is_fatal = all(any(code not in PARTIAL for code, _ in one) for one in levels)
        found += [
            PolicyProblem(code, message, index, number, is_fatal)
            for number, one in enumerate(levels)
            for code, message in one
        ]
    return found


def _of_level(level: Level, directory: Directory, barred: set[int]) -> Iterator[tuple[str, str]]:
    named = [one for one in level.reviewers if directory.is_known(one)]
    known = [directory.people(one) for one in named]
    if None in known:
        yield "unknown_reviewer", "A user whom it asks can no longer decide, or a group that it asks is gone."
    if any(known) and any(one == frozenset() for one in known):
        yield "empty_group", "A group or role that it asks has nobody who could decide."
    if len(named) < len(level.reviewers):
        return
    people = frozenset().union(*(one or frozenset() for one in known)) - barred
    if not people:
        yield "nobody_to_ask", "Nobody is left whom it could ask."
    elif not can_be_approved(level.approval, Tally(0, 0, len(people))):
        yield "too_few", f"It asks for {level.approval.number}, and there are {len(people)} reviewers."
