"""Event types: those that come with the program and those that people define."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import visible
from common.problems import bad_value, conflict, not_found
from common.redact import MASK
from common.strict_json import dumps
from flows.models import EventTypeDefinition, Trigger
from flows.sdk import JsonObject, Shape, event_types
from flows.sdk.events import RESERVED, is_event_name
from flows.sdk.schema import CompiledSchema, SchemaError, compile_schema, measure

MAX_SCHEMA_BYTES = 65_536
MOST_TYPES = 1_000
"""Event types that a tenant may define."""


def definition_for(actor: Actor, name: str) -> EventTypeDefinition:
    """A defined event type in the actor's reach, to be changed.

    Raises:
        Problem: 404 `not_found`; 409 `built_in`; 403 `not_allowed`.
    """
    found = visible(EventTypeDefinition, actor).filter(Q(name=name, tenant_id=actor.tenant_id)).first()
    if found is None and name in event_types:
        raise conflict("built_in", f"The event type {name!r} comes with the program and cannot be changed.")
    if found is None:
        raise not_found("There is no such event type.")
    actor.need(Permission.edit_flows)
    return found


def definitions_for(tenant_id: int | None) -> QuerySet[EventTypeDefinition]:
    """What the tenant and the platform defined, the same name of both included."""
    return EventTypeDefinition.objects.filter(Q(tenant_id=tenant_id) | Q(tenant_id=None))


def defined_type(name: str, tenant_id: int | None) -> EventTypeDefinition | None:
    """The type of that name that the tenant defined, else the platform's."""
    own, platforms = definitions_of(name, tenant_id)
    return own or platforms


def definitions_of(
    name: str, tenant_id: int | None
) -> tuple[EventTypeDefinition | None, EventTypeDefinition | None]:
    """The type of that name that the tenant defined, and the platform's; for the platform the second alone."""
    by_owner = {row.tenant_id: row for row in definitions_for(tenant_id).filter(name=name)}
    platforms = by_owner.pop(None, None)
    return by_owner.get(tenant_id), platforms


def names_in_reach(tenant_id: int | None) -> list[str]:
    """The names of every event type that the tenant's flows may listen to."""
    return [*event_types, *definitions_for(tenant_id).values_list("name", flat=True)]


def define(
    *, actor: Actor, name: str, label: str, summary: str = "", schema: Any = None, example: Any = None
) -> EventTypeDefinition:
    """Define an event type from a JSON Schema or from an example payload.

    Raises:
        Problem: 409 `name_taken`, `too_many`; 400 `bad_name`, `reserved_name`, `bad_schema`, `schema_or_example`.
    """
    actor.need(Permission.edit_flows)
    _refuse_name(name, actor)
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


def _refuse_name(name: str, actor: Actor) -> None:
    """A tenant's type never stands in for one that the program or the platform defines."""
    if not is_event_name(name):
        raise bad_value(
            "bad_name",
            "An event type is named by words of small letters, digits, - and _, joined by dots.",
            field="name",
            hint="Write it such as order.paid.",
        )
    if name.startswith(RESERVED):
        raise bad_value(
            "reserved_name",
            f"Names that begin with “{name.partition('.')[0]}.” are the program's own.",
            field="name",
            hint="Choose another.",
        )
    own = EventTypeDefinition.objects.filter(Q(tenant_id=actor.tenant_id))
    platforms = EventTypeDefinition.objects.filter(tenant=None, name=name)
    if name in event_types or platforms.exists() or own.filter(name=name).exists():
        raise conflict(
            "name_taken",
            f"There is an event type named {name!r} already.",
            field="name",
            hint="Choose another.",
        )
    if own.count() >= MOST_TYPES:
        raise conflict("too_many", f"There are {MOST_TYPES:,} event types already.", hint="Delete one first.")


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
    if definition.name in event_types:
        listeners = listeners.none()  # they listen to the program's
    elif definition.tenant_id is not None:
        listeners = listeners.filter(flow__tenant_id=definition.tenant_id)
    else:
        own = EventTypeDefinition.objects.filter(name=definition.name).exclude(tenant=None)
        listeners = listeners.exclude(flow__tenant_id__in=own.values("tenant_id"))
    first = listeners.select_related("flow").first()
    if first is not None:
        raise conflict(
            "in_use",
            f"The flow {first.flow.name!r} listens to this event type.",
            hint="Change or delete the flow first.",
        )
    with transaction.atomic():
        audit.record(actor, "deleted", "event_type", definition.name, tenant_id=definition.tenant_id)
        definition.delete()


def _schema_and_sample(schema: Any, example: Any) -> tuple[JsonObject, JsonObject]:
    if (schema is None) == (example is None):
        raise bad_value(
            "schema_or_example", "Give either a JSON Schema or an example payload.", field="schema"
        )
    if schema is None:
        if not isinstance(example, dict):
            raise bad_value("bad_example", "The example payload is a JSON object.", field="example")
        schema = Shape.from_example(example).to_json()
        compiled(schema)
        return schema, example
    compiled(schema)
    return schema, sample_of(Shape.from_json_schema(schema))


def compiled(schema: Any) -> CompiledSchema:
    """A JSON Schema of an object, read; nothing is ever fetched for a reference.

    Raises:
        Problem: 400 `bad_schema`.
    """
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        raise bad_value(
            "bad_schema",
            "The schema describes an object.",
            field="schema",
            hint='Begin with {"type": "object"}.',
        )
    if len(dumps(schema)) > MAX_SCHEMA_BYTES:
        raise bad_value(
            "bad_schema",
            f"The schema is larger than {MAX_SCHEMA_BYTES:,} bytes.",
            field="schema",
            hint="Describe fewer fields.",
        )
    try:
        return compile_schema(schema)
    except SchemaError as error:
        raise bad_value(
            "bad_schema",
            f"The schema cannot be used: {error.message}",
            field=f"schema{error.at}".replace("/", "."),
            hint=error.hint,
        ) from error


def shape_of(schema: JsonObject) -> Shape:
    """What a stored schema says of the payload; nothing when it is larger than is allowed now."""
    try:
        measure(schema)
    except SchemaError:
        return Shape.object({}, is_open=True)
    return Shape.from_json_schema(schema)


def sample_of(shape: Shape, depth: int = 8) -> Any:
    """A value that fits a shape, for previews."""
    if depth == 0:
        return None
    if shape.is_masked:
        return MASK
    plain: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}
    if shape.type in plain:
        return "2026-01-15T12:00:00Z" if shape.format == "date-time" else plain[shape.type]
    if shape.type == "array":
        return [sample_of(shape.items, depth - 1)] if shape.items else []
    if shape.type == "object" or shape.fields:
        return {name: sample_of(inner, depth - 1) for name, inner in shape.fields.items()}
    return None
