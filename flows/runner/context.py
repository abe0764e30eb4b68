"""What a node gets of the runner: log, guarded HTTP, clock and its idempotency key."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.clock import SystemClock
from common.redact import log_line
from flows.engine.progress import Progress
from flows.sdk import HttpClient, Json, JsonObject, NodeError
from flows.sdk.emitting import Outbox


@dataclass(frozen=True, slots=True)
class StepLog:
    """Writes to the run's log; each line is redacted and freed of control characters."""

    progress: Progress

    def debug(self, text: str) -> None:
        """A detail for whoever looks for a fault."""
        self.progress.log("debug", log_line(text))

    def info(self, text: str) -> None:
        """Something that happened."""
        self.progress.log("info", log_line(text))

    def warning(self, text: str) -> None:
        """Something to look at that did not stop the step."""
        self.progress.log("warning", log_line(text))

    def error(self, text: str) -> None:
        """Something that went wrong."""
        self.progress.log("error", log_line(text))


@dataclass(frozen=True, slots=True)
class StepContext:
    """`flows.sdk.NodeContext` of a real run."""

    log: StepLog
    http: HttpClient
    clock: SystemClock
    idempotency_key: str
    tenant_id: int | None
    owner_id: int | None
    run_id: str
    outbox: Outbox
    is_dry_run: bool = False
    turn: int = 0
    """How often the step had its turn before and waited."""

    def emit(self, event_type: str, payload: JsonObject) -> None:
        """Keep the event until the node has answered."""
        self.outbox.emit(event_type, payload)

    async def credential(self, name: str) -> Mapping[str, Json]:
        """Open a credential; there is no store of credentials in this installation."""
        raise NodeError(
            "unknown_credential",
            f"There is no credential named {name!r}.",
            hint="Choose a credential that exists.",
        )
