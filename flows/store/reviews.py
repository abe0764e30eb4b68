"""Tells whoever shows reviews to people, in the transaction at hand. While no run parks for one, it costs nothing."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from flows.engine.review_desk import ReviewDesk
from flows.engine.run_store import Writes


@lru_cache(maxsize=1)
def review_desk() -> ReviewDesk:
    """The desk that the settings name."""
    desk: ReviewDesk = import_string(settings.REVIEW_DESK)()
    return desk


def tell(writes: Sequence[Writes]) -> None:
    """Tell of the runs that park for a review, and of those that end while people are asked."""
    held = [entry.review for entry in writes if entry.review]
    if held:
        review_desk().held(held)
    left: dict[str, list[UUID]] = {}
    for entry in writes:
        if entry.leaves_review:
            left.setdefault(str((entry.error or {}).get("message", "")), []).append(entry.run_id)
    for message, run_ids in left.items():
        review_desk().left(run_ids, message)
