"""What of the API does not pass through DRF, for the OpenAPI document: the intake, webhooks and websockets."""

from typing import Any

from flows.api.components import COMPONENTS
from flows.api.intake.bodies import MOST_EVENTS
from flows.sdk.events import EVENT_NAME, MAX_EVENT_NAME

_TEXT = {"type": "string"}
_EVENT = {
    "type": "object",
    "description": "Something that happened.",
    "properties": {
        "type": {
            "type": "string",
            "maxLength": MAX_EVENT_NAME,
            "pattern": EVENT_NAME,
            "description": "Such as `server.created`.",
        },
        "payload": {"type": "object", "description": "Fits the schema of the type."},
        "dedup_key": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "description": "Makes a second delivery from the same source a no-op.",
        },
        "source": {"type": "string", "minLength": 1, "maxLength": 100, "default": "api"},
        "tenant": {
            "type": "integer",
            "minimum": 1,
            "description": "Whose event it is; the sender's tenant unless the platform names another.",
        },
    },
    "required": ["type"],
    "additionalProperties": False,
}
_ACCEPTED = {
    "type": "object",
    "properties": {
        "accepted": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "duplicate": {"type": "boolean", "description": "The event was there already."},
                    "runs": {"type": "integer", "description": "How many runs it started."},
                },
                "required": ["id", "duplicate", "runs"],
            },
        }
    },
    "required": ["accepted"],
}
_ONE = {"$ref": "#/components/schemas/NewEvent"}
_MANY = {"type": "array", "items": _ONE, "minItems": 1, "maxItems": MOST_EVENTS}
_DONE = {
    "202": {
        "description": "Everything is stored. What it starts runs even if the power fails now.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Accepted"}}},
    }
}
_SEND = {
    "operationId": "events_create",
    "description": (
        f"Send one event, or up to {MOST_EVENTS:,} in a list; 5 MiB a request. The answer comes after the commit. "
        "When one of them is bad, nothing of the request is stored, and the problem names its position."
    ),
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "schema": {"type": "string", "pattern": "^[!-~]{1,190}$"},
            "description": "Gives the events that have none a dedup key, by their place in the request.",
        }
    ],
    "tags": ["events"],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        _ONE,
                        _MANY,
                        {
                            "type": "object",
                            "properties": {"events": _MANY},
                            "required": ["events"],
                            "additionalProperties": False,
                        },
                    ]
                }
            }
        },
    },
    "security": [{"token": []}],
    "responses": _DONE,
}
_CALL = {
    "operationId": "hooks_call",
    "description": (
        "The inbound webhook of a flow. A JSON object becomes the payload; any other JSON, and plain text, becomes "
        '`{"body": …}`. The caller shows the secret in the header that the trigger names, or signs the body with it.'
    ),
    "parameters": [{"in": "path", "name": "key", "required": True, "schema": {"type": "string"}}],
    "tags": ["hooks"],
    "requestBody": {"content": {"application/json": {"schema": {}}, "text/plain": {"schema": _TEXT}}},
    "security": [{}],
    "responses": _DONE,
}
DESCRIPTION = """\
Draw flows, send events, watch runs.

Sign in with an API token (`Authorization: Bearer hf_…`) or with the session of the pages. Errors are problem
documents (RFC 9457). Lists come in pages: follow `next`. A POST that starts something takes an `Idempotency-Key`.

**Websockets** (session of the pages, exact origin) tell what happens while it happens:

- `/ws/v1/runs/<id>/?after=<cursor>`: first `{"type": "snapshot", "cursor", "more", "run", "steps", "logs"}`, then the
  same with `"type": "delta"` for what changed. `seq` of steps and lines is one ascending line of numbers; connect again
  with the last `cursor` as `after`, and nothing is missing and nothing comes twice.
- `/ws/v1/flows/<id>/runs/`: `{"type": "runs", "runs": [{"id", "status", "created_at", "finished_at", …}]}`.

Both send `{"type": "ping"}` every ten seconds, and close with 4404 when there is no such thing in reach, with 4403
when the right to watch has ended, and with 4429 when the user or the address has too many of them.
"""


def add_intake(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Describe what is answered beside Django."""
    result["info"]["description"] = DESCRIPTION
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {**COMPONENTS, "NewEvent": _EVENT, "Accepted": _ACCEPTED}
    paths = result.setdefault("paths", {})
    paths.setdefault("/api/v1/events/", {})["post"] = {**_SEND, "responses": dict(_DONE)}
    paths["/hooks/{key}/"] = {"post": {**_CALL, "responses": dict(_DONE)}}
    return result
