"""Event types: those that come with the program and those that people define; and whether a payload fits one."""

import threading
import time
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import visible
from common.problems import Problem
from flows.models import EventTypeDefinition, Trigger
from flows.sdk import JsonObject, Shape, event_types
from flows.sdk.events import EventType

CACHE_SECONDS = 2.0
MAX_SCHEMA_BYTES = 65_536


def definition_for(actor: Actor, name: str) -> EventTypeDefinition:
    """A defined event type in the actor's reach, to be changed.

    Raises:
        Problem: 404 `not_found`; 409 `built_in`; 403 `not_allowed`.
    """
    if name in event_types:
        raise Problem(
            409, "built_in", f"The event type {name!r} comes with the program and cannot be changed."
        )
    found = visible(EventTypeDefinition, actor).filter(Q(name=name, tenant_id=actor.tenant_id)).first()
    if found is None:
        raise Problem(404, "not_found", "There is no such event type.")
    actor.need(Permission.edit_flows)
    return found


def defined_type(name: str, tenant_id: int | None) -> EventTypeDefinition | None:
    """The type of that name that the tenant defined, else the platform's."""
    rows = EventTypeDefinition.objects.filter(Q(tenant_id=tenant_id) | Q(tenant_id=None), name=name)
    return min(rows, key=lambda row: row.tenant_id is None, default=None)


def define(
    *, actor: Actor, name: str, label: str, summary: str = "", schema: Any = None, example: Any = None
) -> EventTypeDefinition:
    """Define an event type from a JSON Schema or from an example payload.

    Raises:
        Problem: 409 `name_taken`; 400 `bad_schema`, `schema_or_example`.
    """
    actor.need(Permission.edit_flows)
    taken = EventTypeDefinition.objects.filter(Q(name=name, tenant_id=actor.tenant_id)).exists()
    if name in event_types or taken:
        raise Problem(
            409,
            "name_taken",
            f"There is an event type named {name!r} already.",
            field="name",
            hint="Choose another.",
        )
    checked, sample = _schema_and_sample(schema, example)
    now = datetime.now(UTC)
    with transaction.atomic():
        made = EventTypeDefinition.objects.create(
            tenant_id=actor.tenant_id,
            name=name,
            label=label,
            summary=summary,
            schema=checked,
            sample=sample,
            created_at=now,
            updated_at=now,
        )
        audit.record(actor, "created", "event_type", name, tenant_id=made.tenant_id)
    return made


def redefine(
    *,
    actor: Actor,
    definition: EventTypeDefinition,
    label: str,
    summary: str = "",
    schema: Any = None,
    example: Any = None,
) -> EventTypeDefinition:
    """Change a defined event type; events that arrived stay as they are."""
    definition.schema, definition.sample = _schema_and_sample(schema, example)
    definition.label, definition.summary = label, summary
    definition.updated_at = datetime.now(UTC)
    with transaction.atomic():
        definition.save()
        audit.record(actor, "updated", "event_type", definition.name, tenant_id=definition.tenant_id)
    return definition


def undefine(*, actor: Actor, definition: EventTypeDefinition) -> None:
    """Take a defined event type away.

    Raises:
        Problem: 409 `in_use` while a published flow listens to it.
    """
    listeners = Trigger.objects.filter(event_type=definition.name, flow__deleted_at=None)
    if definition.tenant_id is not None:
        listeners = listeners.filter(flow__tenant_id=definition.tenant_id)
    first = listeners.select_related("flow").first()
    if first is not None:
        raise Problem(
            409,
            "in_use",
            f"The flow {first.flow.name!r} listens to this event type.",
            hint="Change or delete the flow first.",
        )
    with transaction.atomic():
        audit.record(actor, "deleted", "event_type", definition.name, tenant_id=definition.tenant_id)
        definition.delete()


def _schema_and_sample(schema: Any, example: Any) -> tuple[JsonObject, JsonObject]:
    if (schema is None) == (example is None):
        raise Problem(
            400, "schema_or_example", "Give either a JSON Schema or an example payload.", field="schema"
        )
    if schema is None:
        if not isinstance(example, dict):
            raise Problem(400, "bad_example", "The example payload is a JSON object.", field="example")
        return Shape.from_example(example).to_json(), example
    _validator(schema)
    return schema, sample_of(Shape.from_json_schema(schema))


def _validator(schema: Any) -> Any:
    """A compiled JSON Schema of an object; nothing is ever fetched for a reference.

    Raises:
        Problem: 400 `bad_schema`.
    """
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        raise Problem(
            400,
            "bad_schema",
            "The schema describes an object.",
            field="schema",
            hint='Begin with {"type": "object"}.',
        )
    return _compiled(schema)


def _compiled(schema: JsonObject) -> Any:
    try:
        # The plain regex engine takes time linear in its input; a stranger's pattern cannot hold the intake up.
        return jsonschema_rs.validator_for(
            schema, retriever=_no_fetching, pattern_options=jsonschema_rs.RegexOptions()
        )
    except (ValueError, TypeError) as error:
        raise Problem(
            400, "bad_schema", f"The schema cannot be used: {error}"[:500], field="schema"
        ) from error


def _no_fetching(uri: str) -> Any:
    raise ValueError(f"References to other documents are not followed: {uri}")


def sample_of(shape: Shape, depth: int = 8) -> Any:
    """A value that fits a shape, for previews."""
    if depth == 0:
        return None
    plain: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}
    if shape.type in plain:
        return "2026-01-15T12:00:00Z" if shape.format == "date-time" else plain[shape.type]
    if shape.type == "array":
        return [sample_of(shape.items, depth - 1)] if shape.items else []
    if shape.type == "object" or shape.fields:
        return {name: sample_of(inner, depth - 1) for name, inner in shape.fields.items()}
    return None


class PayloadChecks:
    """Whether events are of a known type and fit its schema. One a process; blocks on a small query now and then."""

    def __init__(self) -> None:
        self._known: dict[tuple[int | None, str], tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def known(self, event_type: str, tenant_id: int | None) -> Any:
        """The cached verdict on the type: a validator, False for an unknown type, None when it must be looked up."""
        found = self._known.get((tenant_id, event_type))
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def look_up(self, event_type: str, tenant_id: int | None) -> Any:
        """The validator of a type, or False when there is no such type."""
        found = self.known(event_type, tenant_id)
        if found is not None:
            return found
        verdict = _validator_of(event_type, tenant_id)
        if verdict is False:
            # Not kept: a type that is defined a moment later is known at once.
            return verdict
        with self._lock:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[tenant_id, event_type] = (time.monotonic() + CACHE_SECONDS, verdict)
        return verdict


def _validator_of(event_type: str, tenant_id: int | None) -> Any:
    builtin: EventType | None = event_types.get(event_type)
    if builtin is not None:
        return _compiled(_nullable(builtin.shape.to_json()))
    found = defined_type(event_type, tenant_id)
    return _validator(found.schema) if found else False


def _nullable(schema: JsonObject) -> JsonObject:
    """A built-in schema tells types, not presence: any field may be null or missing."""
    out = dict(schema)
    if isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    out.pop("format", None)
    if "properties" in out:
        out["properties"] = {name: _nullable(inner) for name, inner in out["properties"].items()}
    if "items" in out:
        out["items"] = _nullable(out["items"])
    return out


def misfit(validator: Any, payload: JsonObject) -> tuple[str, str] | None:
    """Where and why a payload does not fit, as (dotted path, sentence); None when it fits."""
    if validator.is_valid(payload):
        return None
    error = next(validator.iter_errors(payload))
    path = ".".join(str(part) for part in error.instance_path)
    return path, str(error.message)[:300]
