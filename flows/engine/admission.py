"""Whether a flow allows another run, and when that run has its turn."""

from dataclasses import dataclass
from typing import Final

from flows.graph.settings import Concurrency
from flows.sdk import JsonObject

REFUSALS: Final = {
    "already_running": "Another run of this flow is still open, and the flow allows one at a time.",
    "limit_reached": "The flow has as many open runs as it allows.",
}


@dataclass(frozen=True, slots=True)
class Admission:
    """What becomes of one more run.

    `refusal`: a key of `REFUSALS`; empty when the run is let in. `is_held`: it waits for the runs before it.
    """

    refusal: str = ""
    is_held: bool = False

    @property
    def message(self) -> str:
        """Why the run is refused."""
        return REFUSALS[self.refusal]


def admission(setting: Concurrency, opened: int) -> Admission:
    """Whether one more run may be opened.

    Args:
        opened: runs of the flow that are open now, under a lock on the flow; of a free flow any number will do.
    """
    if setting.mode == "single" and opened:
        return Admission("already_running")
    if setting.limit is not None and opened >= setting.limit:
        return Admission("limit_reached")
    return Admission(is_held=setting.mode == "queue")


def is_free(setting: Concurrency) -> bool:
    """Whether runs do not mind one another, so that nobody needs to count them or to lock the flow."""
    return setting.mode == "parallel" and setting.limit is None


def concurrency_of(stored: JsonObject) -> Concurrency:
    """A published flow's setting, as its trigger keeps it."""
    return Concurrency.model_validate(stored)
