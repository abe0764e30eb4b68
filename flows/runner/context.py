"""What a node gets of the runner: log, guarded HTTP, clock and its idempotency key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from common.clock import SystemClock
from common.programs.spec import Stream
from common.redact import log_line
from flows.engine.progress import Progress
from flows.runner.http import NodeHttp
from flows.runner.net import StepNet
from flows.runner.programs import NodePrograms
from flows.sdk import CredentialFields, JsonObject
from flows.sdk.credentials import opened
from flows.sdk.emitting import Outbox

F = TypeVar("F", bound=BaseModel)


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

    def output(self, stream: Stream, text: str) -> None:
        """A line that a program wrote."""
        self.progress.log(stream, log_line(text))


@dataclass(frozen=True, slots=True)
class StepContext:
    """`flows.sdk.NodeContext` of a real run."""

    log: StepLog
    http: NodeHttp
    net: StepNet
    programs: NodePrograms
    clock: SystemClock
    idempotency_key: str
    tenant_id: int | None
    owner_id: int | None
    run_id: str
    outbox: Outbox
    is_dry_run: bool = False
    turn: int = 0
    """How often the step had its turn before and waited."""
    credentials: Mapping[str, CredentialFields] = field(default_factory=dict)

    def emit(self, event_type: str, payload: JsonObject) -> None:
        """Keep the event until the node has answered."""
        self.outbox.emit(event_type, payload)

    def opened(self, name: str, fields: type[F]) -> F:
        """The credential of that name, which was opened before the turn."""
        return opened(self.credentials, name, fields)
