"""Event types as people and programs read them: by group, a tenant's own before the platform's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.actors import Actor
from common.problems import not_found
from flows.models import EventTypeDefinition, Trigger
from flows.sdk import EventType, Json, JsonObject, Shape, TriggerKind, event_types
from flows.services.event_types import definitions_for, shape_of
from flows.services.reach import shown_flows

OWN_GROUP = "Your own"


@dataclass(frozen=True, slots=True)
class KnownEventType:
    """An event type as lists show it. `definition` is None for one that comes with the program."""

    name: str
    label: str
    summary: str
    group: str
    schema: JsonObject
    sample: Json
    definition: EventTypeDefinition | None = None

    @property
    def is_builtin(self) -> bool:
        """Whether it comes with the program."""
        return self.definition is None

    @property
    def fields(self) -> Sequence[tuple[str, Shape]]:
        """Every field with its dotted path."""
        return list(shape_of(self.schema).paths())


def of_program(kind: EventType) -> KnownEventType:
    """An event type that comes with the program."""
    return KnownEventType(kind.name, kind.label, kind.summary, kind.group, kind.shape.to_json(), kind.sample)


def of_definition(row: EventTypeDefinition) -> KnownEventType:
    """An event type that someone defined."""
    return KnownEventType(row.name, row.label, row.summary, OWN_GROUP, row.schema, row.sample, row)


def list_event_types(actor: Actor) -> list[KnownEventType]:
    """Every event type that the actor's flows can start with, by group and name.

    A tenant sees what comes with the program, what it defined, and what the platform defined; where both defined a
    name, its own. What comes with the program stands before what anyone defined.
    """
    rows = EventTypeDefinition.objects.all() if actor.is_platform else definitions_for(actor.tenant_id)
    rows = rows.exclude(name__in=event_types).select_related("tenant")
    defined = {
        row.name: of_definition(row) for row in sorted(rows, key=lambda row: row.tenant_id == actor.tenant_id)
    }
    known = [*map(of_program, event_types.values()), *defined.values()]
    return sorted(known, key=lambda kind: (not kind.is_builtin, kind.group, kind.name))


def event_type_for(actor: Actor, name: str) -> KnownEventType:
    """One event type of the catalogue.

    Raises:
        Problem: 404 `not_found`.
    """
    found = next((kind for kind in list_event_types(actor) if kind.name == name), None)
    if found is None:
        raise not_found("There is no such event type.", hint="Look at the catalogue of events.")
    return found


def count_listeners(actor: Actor) -> Counter[str]:
    """How many flows in reach start with each event type, by its name."""
    return Counter(_listeners(actor).values_list("event_type", flat=True))


def listeners_to(actor: Actor, name: str) -> QuerySet[Trigger]:
    """The triggers with that event type, with the names of their flows."""
    return _listeners(actor).filter(event_type=name).select_related("flow").only("flow__id", "flow__name")


def _listeners(actor: Actor) -> QuerySet[Trigger]:
    return Trigger.objects.filter(kind=TriggerKind.EVENT, flow__in=shown_flows(actor))
