"""What is told of an execution when something happens to it: the payload of its life-cycle event."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import orjson

from common.redact import plain_text, redact_json
from flows.sdk import Json, JsonObject, LifeCycle, LifeCycleKind
from flows.sdk.life_cycle import PLATFORM_TENANT, LifeCyclePayload, sentence

MOST_PARAMETERS: Final = 16_384
"""Characters of JSON that an execution began with; of more, its event says only that they are too long."""
TOO_LONG: Final[JsonObject] = {
    "parameters_too_long": f"The parameters have more than {MOST_PARAMETERS:,} characters of JSON."
}
MOST_ERROR: Final = 4_096
SERVER_NAMES: Final = ("server", "serverId", "server_id", "ownerId")
"""Where payloads name the server that they are about: by its id, or as an object with one."""


@dataclass(frozen=True, slots=True)
class Execution:
    """What a life-cycle event is about.

    Args:
        id: of the run, job run or task.
        name: of the flow or job; of a task its type.
        blueprint: id of the flow or job; of a task its policy.
        deployment: id of the server that it is about.
        tenant_name: for whom it is done; empty for the platform.
        is_resumed: whether it goes on from where an earlier one stopped.
    """

    kind: LifeCycleKind
    id: str
    name: str
    blueprint: str | None = None
    deployment: str | None = None
    tenant_name: str = ""
    parameters: JsonObject = field(default_factory=dict)
    is_resumed: bool = False


def payload_of(execution: Execution, event: LifeCycle, at: datetime, error: str = "") -> JsonObject:
    """The payload, without secrets. `error`: what went wrong, of an execution that failed."""
    error = plain_text(error)[:MOST_ERROR]
    told: LifeCyclePayload = {
        "message_type": "hook",
        "is_system_workflow": False,
        "blueprint_id": execution.blueprint,
        "deployment_id": execution.deployment,
        "execution_id": execution.id,
        "workflow_id": execution.name,
        "tenant_name": execution.tenant_name or PLATFORM_TENANT,
        "rest_token": None,
        "execution_parameters": _bounded(execution.parameters),
        "event_type": event.value,
        "timestamp": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
        "arguments": {"error": error} if event is LifeCycle.FAILED else None,
        "kind": execution.kind,
        "message": sentence(event, execution.name, error=error, is_resumed=execution.is_resumed),
    }
    return {**told}


def server_of(event_type: str, payload: JsonObject) -> str | None:
    """The id of the server that an event is about, as text."""
    about = [payload.get("id")] if event_type.startswith("server.") else []
    for named in (*about, *map(payload.get, SERVER_NAMES), payload.get("deployment_id")):
        found = _id(named.get("id") if isinstance(named, dict) else named)
        if found is not None:
            return found
    return None


def _id(value: Json) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    return text if 0 < len(text) <= 100 else None


def _bounded(parameters: JsonObject) -> JsonObject:
    if len(orjson.dumps(parameters)) > MOST_PARAMETERS:
        return dict(TOO_LONG)
    masked: JsonObject = redact_json(parameters)
    return masked
