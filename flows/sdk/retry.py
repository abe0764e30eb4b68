"""How a failed step is tried again: the one model with its limits, for documents, forms, the API and the engine."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from flows.sdk.config import NodeConfig, StrictInteger, StrictNumber, duration_seconds, ui

LONGEST_WAIT_SECONDS: Final = 30 * 86_400.0


def up_to(most: float) -> AfterValidator:
    """Lets a text be a length of time that is more than nothing and at most so many seconds."""

    def checked(text: str) -> str:
        try:
            seconds = duration_seconds(text)
        except ValueError as error:
            message = "“{text}” is not a length of time."
            raise PydanticCustomError("bad_duration", message, {"text": text, "hint": str(error)}) from None
        if not 0 < seconds <= most:
            hint = f"It must be more than nothing and at most {most / 3600:g}h."
            raise PydanticCustomError("out_of_range", "{text} is out of range.", {"text": text, "hint": hint})
        return text

    return AfterValidator(checked)


DurationText = Annotated[str, Field(max_length=20, json_schema_extra={"x-slot": "duration"})]
Wait = Annotated[DurationText, up_to(LONGEST_WAIT_SECONDS)]


class Retry(NodeConfig):
    """How a failed step is tried again."""

    attempts: StrictInteger = ui(1, label="Tries altogether", help="1 means no retry.", ge=1, le=1_000)
    first: Wait = ui("10s", label="First wait")
    factor: StrictNumber = ui(2, label="Factor", help="Each wait is this much longer.", ge=1, le=100)
    cap: Wait = ui("1h", label="Longest wait")
    jitter: StrictNumber = ui(0.1, label="Share left to chance", help="From 0 to 1.", ge=0, le=1)

    @property
    def first_seconds(self) -> float:
        return duration_seconds(self.first)

    @property
    def cap_seconds(self) -> float:
        return duration_seconds(self.cap)


NO_RETRY: Final = Retry()
