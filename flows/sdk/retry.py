"""How a failed step is tried again: the one model with its limits, for documents, forms, the API and the engine."""

from typing import Annotated, Final

from pydantic import AfterValidator

from flows.sdk.config import FlowDuration, NodeConfig, duration_seconds, ui

LONGEST_WAIT_SECONDS: Final = 30 * 86_400.0


def _checked_wait(text: str) -> str:
    if not 0 < duration_seconds(text) <= LONGEST_WAIT_SECONDS:
        raise ValueError(f"It must be more than nothing and at most {LONGEST_WAIT_SECONDS / 3600:g}h.")
    return text


Wait = Annotated[FlowDuration, AfterValidator(_checked_wait)]


class Retry(NodeConfig):
    """How a failed step is tried again."""

    attempts: int = ui(1, label="Tries altogether", help="1 means no retry.", ge=1, le=1_000)
    first: Wait = ui("10s", label="First wait")
    factor: float = ui(2, label="Factor", help="Each wait is this much longer.", ge=1, le=100)
    cap: Wait = ui("1h", label="Longest wait")
    jitter: float = ui(0.1, label="Share left to chance", help="From 0 to 1.", ge=0, le=1)

    @property
    def first_seconds(self) -> float:
        return duration_seconds(self.first)

    @property
    def cap_seconds(self) -> float:
        return duration_seconds(self.cap)


NO_RETRY: Final = Retry()
