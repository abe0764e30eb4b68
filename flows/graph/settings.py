"""What holds for a node beside its config, and for a flow as a whole: limits and forms of both."""

from dataclasses import replace
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from flows.sdk.config import WHOLE, NodeConfig, duration_seconds, ui
from flows.sdk.config_errors import LocatedError, located_errors
from flows.sdk.config_fields import config_of
from flows.sdk.json_types import JsonObject
from flows.sdk.retry import DurationText, Retry, up_to

DRAFT: Final = "draft"
"""As the context of reading: what people typed and cannot be used yet stays."""

ConcurrencyMode = Literal["parallel", "queue", "single"]

_NOBODY_TYPES: Final = frozenset({"model_type", "extra_forbidden"})


class Settings(NodeConfig):
    """In a draft, settings that cannot be used yet stay as they were typed, with their faults."""

    _drawn: JsonObject = PrivateAttr(default_factory=dict)
    _faults: tuple[LocatedError, ...] = PrivateAttr(())

    @model_validator(mode="wrap")
    @classmethod
    def _keep_typed(cls, drawn: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        try:
            return handler(drawn)
        except ValidationError as error:
            found = error.errors(include_url=False)
            if info.context != DRAFT or any(entry["type"] in _NOBODY_TYPES for entry in found):
                raise
        made = cls()
        made._drawn = drawn
        made._faults = tuple(
            replace(fault, path=f"settings.{fault.path}") for fault in located_errors(found, config_of(cls))
        )
        return made

    @property
    def faults(self) -> tuple[LocatedError, ...]:
        """What cannot be used, by paths such as `settings.retry.attempts`."""
        return self._faults

    def to_json(self) -> JsonObject:
        """As they stand in a document: what was said, or was typed."""
        return self._drawn if self._faults else self._said()

    def _said(self) -> JsonObject:
        return dict(sorted(self.model_dump(exclude_unset=True, exclude_none=True).items()))


class NodeSettings(Settings):
    """What every node has beside its config. None is the default of the node type."""

    timeout: Annotated[DurationText, up_to(86_400)] | None = ui(
        None, label="Time limit", help="For one try, such as 30s or 5m.", placeholder="60s"
    )
    retry: Retry | None = ui(None, label="Retry", help="How a failed step is tried again.")

    @property
    def timeout_seconds(self) -> float | None:
        """The time limit of one try."""
        return duration_seconds(self.timeout) if self.timeout else None


class Concurrency(NodeConfig):
    """How many runs of the flow may be open at once, and what happens to the next one."""

    mode: ConcurrencyMode = ui(
        "parallel",
        label="When the flow starts again while it runs",
        choices={
            "parallel": "Run side by side",
            "queue": "Wait its turn",
            "single": "Do not start; record it as cancelled",
        },
    )
    limit: Annotated[int, Field(strict=True, ge=1, le=100_000), WHOLE] | None = ui(
        None,
        label="Open runs at most",
        help="What comes on top is recorded as a cancelled run.",
        depends_on={"mode": ["parallel", "queue"]},
    )


class FlowSettings(Settings):
    """What holds for the flow as a whole."""

    subject: Annotated[str, AfterValidator(str.strip)] = ui(
        "",
        label="What each run is about",
        help="Shown in lists of runs, such as {{ hostname }}. "
        "Left empty, the payload's own hostname, name, title or email.",
        max_length=500,
    )
    concurrency: Concurrency = ui(Concurrency(), label="Runs at once")
    tells_own_life: bool = ui(
        False,
        label="Tell of runs that life-cycle events started",
        help="Runs that workflow_started and its like started tell nothing of themselves, so that hooks do not set off "
        "one another. Switch it on where other flows have to hear of them.",
        widget="switch",
    )

    def _said(self) -> JsonObject:
        said: JsonObject = {"concurrency": self.concurrency.model_dump(exclude_none=True)}
        if self.subject:
            said["subject"] = self.subject
        if self.tells_own_life:
            said["tells_own_life"] = True
        return said


NO_NODE_SETTINGS: Final = NodeSettings()
NO_FLOW_SETTINGS: Final = FlowSettings()
