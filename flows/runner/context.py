"""What a node gets of the runner: log, guarded HTTP, clock and its idempotency key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from common.clock import SystemClock
from flows.runner.http import NodeHttp
from flows.runner.live import StepLog
from flows.runner.net import StepNet
from flows.runner.programs import NodePrograms
from flows.sdk import CredentialFields, JsonObject
from flows.sdk.credentials import opened
from flows.sdk.emitting import Outbox
from flows.services.callbacks import callback_url

F = TypeVar("F", bound=BaseModel)


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
    is_test: bool = False
    node_id: str = ""
    turn: int = 0
    """How often the step had its turn before and waited."""
    rounds: int = 0
    """How many answers from outside it has had."""
    credentials: Mapping[str, CredentialFields] = field(default_factory=dict)

    def end(self) -> None:
        """The step is over: what a thread of it that is late still says and connects to comes to nothing."""
        self.log.is_closed = True
        self.net.close()

    def emit(self, event_type: str, payload: JsonObject) -> None:
        """Keep the event until the node has answered."""
        self.outbox.emit(event_type, payload)

    def callback_url(self) -> str:
        """The address on which an outside system answers the wait that this turn begins."""
        return callback_url(self.run_id, self.node_id, self.rounds)

    def opened(self, name: str, fields: type[F]) -> F:
        """The credential of that name, which was opened before the turn."""
        return opened(self.credentials, name, fields)
