"""Whoever shows reviews to people: hears of runs that wait for a decision, in the transaction that parks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from flows.sdk import Review


@dataclass(frozen=True, slots=True)
class HeldReview:
    """A step that waits for people.

    Args:
        node_name: as drawn.
        since: when the step began to wait.
    """

    run_id: UUID
    node_id: str
    node_name: str
    since: datetime
    review: Review


class ReviewDesk(Protocol):
    """Named in the settings. What it raises takes the runs with it: nothing of the transaction is stored.

    It answers through `flows.services.waits.answer_review`.
    """

    def held(self, reviews: Sequence[HeldReview]) -> None:
        """These steps wait from now on; each is told once."""

    def left(self, run_ids: Sequence[UUID], message: str) -> None:
        """These runs ended while they waited for a review: it is needed no more."""
