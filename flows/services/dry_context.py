"""What a node gets of its host in a dry run: nothing that reaches outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Unpack

from common.clock import SystemClock
from common.http import HttpAnswer, HttpOptions
from common.redact import log_line
from flows.engine.dry_run import DryStep
from flows.sdk import Json, JsonObject, Node, NodeError
from flows.sdk.emitting import Outbox


@dataclass(frozen=True, slots=True)
class DryLog:
    """Keeps the lines with the step."""

    step: DryStep

    def _add(self, level: str, text: str) -> None:
        self.step.logs.append({"level": level, "text": log_line(text)})

    def debug(self, text: str) -> None:
        """A detail."""
        self._add("debug", text)

    def info(self, text: str) -> None:
        """Something that happened."""
        self._add("info", text)

    def warning(self, text: str) -> None:
        """Something to look at."""
        self._add("warning", text)

    def error(self, text: str) -> None:
        """Something that went wrong."""
        self._add("error", text)


class NoHttp:
    """Refuses every request: a dry run reaches nothing."""

    async def request(self, method: str, url: str, **options: Unpack[HttpOptions]) -> HttpAnswer:
        """Never sends."""
        raise NodeError("dry_run", "A dry run sends no requests.")


class DryContext:
    """`flows.sdk.NodeContext` of a dry run."""

    is_dry_run = True
    run_id = "dry-run"

    def __init__(self, step: DryStep, node: Node, tenant_id: int | None) -> None:
        self._step = step
        self._outbox = Outbox.of(type(node).__module__)
        self.log = DryLog(step)
        self.http = NoHttp()
        self.clock = SystemClock()
        self.tenant_id = self.owner_id = tenant_id
        self.idempotency_key = f"dry-run:{step.node}"

    def emit(self, event_type: str, payload: JsonObject) -> None:
        """Show it with the step."""
        self._outbox.emit(event_type, payload)
        self._outbox.check()
        self._step.preview = {
            "events": [{"type": event.kind.name, "payload": event.payload} for event in self._outbox.events]
        }

    async def credential(self, name: str) -> Mapping[str, Json]:
        """Never opens anything."""
        raise NodeError("dry_run", "A dry run opens no credentials.")
