"""An event on its way in, and what becomes of it."""

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from common.ids import new_id
from flows.sdk import JsonObject
from flows.store.trigger_index import Listener


@dataclass(frozen=True, slots=True)
class Fate:
    """Whom an event starts, and why others do not start (as JSON), by one state of the triggers."""

    generation: int | None
    starts: list[Listener]
    outcomes: str | None


@dataclass(slots=True)
class NewEvent:
    """An event on its way in.

    `dedup_key` empty: every delivery counts. `flow_id`: the event is meant for that flow alone (webhook, schedule,
    manual start) instead of for all that listen to its type. `verdicts`: by flow version, why its trigger's condition
    is not met, empty when it is; a version never changes, so a verdict holds for good. `platform_refusal`: why the
    platform's flows do not hear of it. `is_test`: what it starts are test runs. `is_cut`: it is one of so many that
    caused one another that it starts nothing. `fate`, `payload_json`: worked out before the transaction, where that
    pays.
    """

    type: str
    payload: JsonObject
    tenant_id: int | None
    source: str
    dedup_key: str = ""
    cause_run_id: UUID | None = None
    depth: int = 0
    flow_id: UUID | None = None
    verdicts: dict[UUID, str] = field(default_factory=dict)
    platform_refusal: str = ""
    is_test: bool = False
    is_cut: bool = False
    fate: Fate | None = None
    payload_json: str = ""
    id: UUID = field(default_factory=new_id)

    @property
    def dedup_hash(self) -> str | None:
        """SHA-256 over tenant, source and key; None without a key."""
        if not self.dedup_key:
            return None
        text = f"{self.tenant_id}\0{self.source}\0{self.dedup_key}"
        return hashlib.sha256(text.encode()).hexdigest()

    def payload_text(self) -> str:
        """The payload as it is stored."""
        self.payload_json = self.payload_json or orjson.dumps(self.payload).decode()
        return self.payload_json

    def body_hash(self) -> str:
        """SHA-256 over what a repeated delivery must repeat."""
        text = f"{self.type}\0{self.payload_text()}"
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an event: its id (that of the first delivery for a repeated one) and the runs it started."""

    id: UUID
    is_duplicate: bool
    runs: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The dedup key was used before with another body."""

    dedup_key: str
