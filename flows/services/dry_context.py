"""What a node gets of its host in a dry run: nothing that reaches outside."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar, Unpack

from pydantic import BaseModel

from accounts.links import on_site
from common.clock import SystemClock
from common.http import HttpAnswer, HttpOptions
from common.programs.spec import Ending, Finished, Program, Stream
from common.redact import log_line
from common.tls import Tls
from flows.engine.dry_run import DryStep
from flows.sdk import JsonObject, Node, NodeError
from flows.sdk.credentials import opened
from flows.sdk.emitting import Outbox
from flows.sdk.logs import LineLog
from flows.services.credentials import credential_store

F = TypeVar("F", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class DryLog(LineLog):
    """Keeps the lines with the step."""

    step: DryStep

    def add(self, level: str, text: str) -> None:
        """Show it with the step."""
        self.step.logs.append({"level": level, "text": log_line(text)})


class NoHttp:
    """Refuses every request: a dry run reaches nothing."""

    async def request(self, method: str, url: str, **options: Unpack[HttpOptions]) -> HttpAnswer:
        raise NodeError("dry_run", "A dry run sends no requests.")


class NoNet:
    """Refuses every connection."""

    async def connect(self, host: str, port: int, *, tls: Tls | None = None) -> NoReturn:
        raise _reaches_nothing()

    def connected(self, host: str, port: int, *, seconds: float) -> NoReturn:
        raise _reaches_nothing()

    def address(self, host: str, port: int) -> NoReturn:
        raise _reaches_nothing()

    async def find_address(self, host: str, port: int) -> NoReturn:
        raise _reaches_nothing()

    def address_at_hand(self, host: str, port: int) -> NoReturn:
        """Never looks up."""
        raise _reaches_nothing()

    def session(self, *, tls: Tls | None = None, keeps_cookies: bool = False) -> NoReturn:
        raise _reaches_nothing()


def _reaches_nothing() -> NodeError:
    return NodeError("dry_run", "A dry run connects to nothing.")


class NoPrograms:
    """Refuses every program."""

    async def run(
        self,
        program: Program,
        on_line: Callable[[Stream, str], None] | None = None,
        ending: Callable[[], Awaitable[Ending]] | None = None,
    ) -> Finished:
        raise NodeError("dry_run", "Dry runs and questions run no programs.")


class DryContext:
    """`flows.sdk.NodeContext` of a dry run."""

    is_dry_run = True
    is_test = True
    run_id = "dry-run"

    def __init__(self, step: DryStep, node: Node, tenant_id: int | None) -> None:
        self._step = step
        self._outbox = Outbox.of(type(node).__module__)
        self.log = DryLog(step)
        self.http = NoHttp()
        self.net = NoNet()
        self.programs = NoPrograms()
        self.clock = SystemClock()
        self.tenant_id = self.owner_id = tenant_id
        self.idempotency_key = f"dry-run:{step.node}"

    def emit(self, event_type: str, payload: JsonObject) -> None:
        self._outbox.emit(event_type, payload)
        self._outbox.check()
        self._step.preview = {
            "events": [{"type": event.kind.name, "payload": event.payload} for event in self._outbox.events]
        }

    def callback_url(self) -> str:
        """An address that nobody answers on."""
        return on_site("/hooks/waits/dry-run/")

    def opened(self, name: str, fields: type[F]) -> F:
        """The credential with stand-ins for its secrets: pages do not open any, and a dry run shows them to nobody."""
        return opened({name: credential_store().outline(self.owner_id, name)}, name, fields)
